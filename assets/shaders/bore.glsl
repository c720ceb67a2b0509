// Bores: round room about stretches of line, which shots have left. Each row of `bores`: the point of its line that is nearest the eye,
// its radius, the way it runs, and from where to where along it, metres. A burst's line is a point. BORES says how many there are.
vec3 boreAxis(int i) { int k = i * 9; return vec3(bores[k + 4], bores[k + 5], bores[k + 6]); }

// From the line to `x`, square to it but for the round ends; `along` it from the point nearest the eye.
vec3 fromLine(int i, vec3 x, out float along)
{
  int k = i * 9; vec3 w = x - vec3(bores[k], bores[k + 1], bores[k + 2]), d = boreAxis(i);
  along = dot(w, d);
  return w - d * clamp(along, bores[k + 7], bores[k + 8]);
}

// As with cuts: walls that lie in the bore's own wall go with it.
float boreRadius(int i, vec3 x) { return bores[i * 9 + 3] + 1.5e-6 * length(x); }

bool inBore(vec3 x)
{
  for (int i = 0; i < BORES; i++)
  {
    float along, r = boreRadius(i, x); vec3 q = fromLine(i, x, along);
    if (dot(q, q) < r * r) return true;
  }
  return false;
}

// Metres along the sight line from `o` along `u` to where it leaves a ball, or -1.
float leavesBall(vec3 o, vec3 u, vec3 middle, float r)
{
  vec3 m = middle - o; float b = dot(m, u); vec3 f = m - u * b; float q = r * r - dot(f, f);
  return q > 0.0 ? b + sqrt(q) : -1.0;
}

// Where the sight line from `o` to `x` last leaves a bore, as its share of the way (below 0: never); the wall's normal there, inward.
float boreExit(vec3 o, vec3 x, out vec3 normal)
{
  float best = -1.0, whole = length(x - o); vec3 u = (x - o) / whole;
  normal = vec3(0.0, 0.0, 1.0);
  for (int i = 0; i < BORES; i++)
  {
    int k = i * 9; vec3 p = vec3(bores[k], bores[k + 1], bores[k + 2]), d = boreAxis(i);
    float r = boreRadius(i, x), low = bores[k + 7], high = bores[k + 8], s = leavesBall(o, u, p + d * high, r);
    if (high > low)
    {
      s = max(s, leavesBall(o, u, p + d * low, r));
      vec3 w = o - p, a = u - d * dot(u, d), f = w - d * dot(w, d);
      float aa = dot(a, a);
      if (aa > 1e-12)
      {
        float middle = -dot(f, a) / aa; f += a * middle;
        float q = r * r - dot(f, f);
        if (q > 0.0)
        {
          float t = middle + sqrt(q / aa), along = dot(w, d) + t * dot(u, d);
          if (along >= low && along <= high) s = max(s, t);
        }
      }
    }
    if (s > 0.0 && s <= whole && s > best)
    {
      float along; best = s;
      normal = -normalize(fromLine(i, o + u * s, along));
    }
  }
  return best < 0.0 ? -1.0 : best / whole;
}
