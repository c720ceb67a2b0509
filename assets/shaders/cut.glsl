// Cuts. What a cut hides is the inside of up to three half-spaces together, or the in- or outside of a ball round the City.
// Each row of `wedges` is a plane: normal and height of the eye over it; above = hidden. Each of `balls` is (k, 1/2r, side, radius).
// CUTS and BALLS say how many there are, PLANES how many half-spaces the widest of them takes: a software driver unrolls them.
// The shell equation h(x) = x.x/2r + x.(eye/r) + k is the height over the ball for small h; k comes from float64.
float planeAt(int i, vec3 x) { vec4 p = vec4(cuts[i * 4], cuts[i * 4 + 1], cuts[i * 4 + 2], cuts[i * 4 + 3]); return dot(p.xyz, x) + p.w; }

float ballAt(int i, vec3 x)
{
  return dot(x, x) * balls[i * 4 + 1] - 2.0 * balls[i * 4 + 1] * dot(x, centre) + balls[i * 4];
}

// Walls that lie in the cut itself go with what is hidden, else they would speckle: a cut takes a millionth of the distance more.
float kerf(vec3 x) { return 1.5e-6 * length(x); }

bool hidden(vec3 x)
{
  float e = -kerf(x);
  for (int i = 0; i < CUTS; i++)
  {
    bool within = planeAt(3 * i, x) > e;
    for (int j = 1; j < PLANES; j++) within = within && planeAt(3 * i + j, x) > e;
    if (within) return true;
  }
  for (int i = 0; i < BALLS; i++)
  {
    if (ballAt(i, x) * balls[i * 4 + 2] > e) return true;
  }
  return false;
}

// Where the sight line from `o` to `x` last leaves what is hidden: its share of the way, 0 to 1 (below 0: never), and the cut's normal.
float lastExit(vec3 o, vec3 x, out vec3 normal)
{
  float best = -1.0;
  vec3 d = x - o; float e = kerf(x);
  normal = vec3(0.0, 0.0, 1.0);
  for (int i = 0; i < CUTS; i++)
  {
    float enter = 0.0, leave = 2.0; vec3 n = vec3(0.0);
    for (int j = 0; j < PLANES; j++)
    {
      float a = planeAt(3 * i + j, o) + e, b = planeAt(3 * i + j, x) + e;
      if (a <= 0.0 && b <= 0.0) { leave = -1.0; break; }
      if (a > 0.0 && b <= 0.0) { float t = a / (a - b); if (t < leave) { leave = t; int k = (3 * i + j) * 4; n = vec3(cuts[k], cuts[k + 1], cuts[k + 2]); } }
      if (a <= 0.0 && b > 0.0) enter = max(enter, a / (a - b));
    }
    if (leave <= 1.0 && leave > enter && leave > best) { best = leave; normal = n; }
  }
  for (int i = 0; i < BALLS; i++)
  {
    float side = balls[i * 4 + 2];
    float qa = dot(d, d) * balls[i * 4 + 1];
    float qc = ballAt(i, o) + e * side;
    float qb = 2.0 * balls[i * 4 + 1] * (dot(d, o) - dot(d, centre));
    float q = qb * qb - 4.0 * qa * qc;
    if (q <= 0.0) continue;
    float root = sqrt(q);
    float t = side > 0.0 ? (qb > 0.0 ? (-qb - root) / (2.0 * qa) : 2.0 * qc / (root - qb)) : (qb < 0.0 ? (root - qb) / (2.0 * qa) : -2.0 * qc / (qb + root));
    if (t > 0.0 && t <= 1.0 && t > best) { best = t; normal = normalize(o + d * t - centre) * side; }
  }
  return best;
}
