// Architecture at every scale: joints, recesses, louvres, weather and windows in the part's own metres. Pitches are snapped to
// octaves of the size of a pixel, so that a wall reads at 3 m and at 1e8 m, and fitted to the wall, so that nothing is cut off.

struct Face { vec2 at; vec2 size; vec2 grain; float pixel; };   // metres on the wall, its size, metres a pixel each way and overall

// `p` on the part and its normal there, in the part's own axes; `right` and `above` are the ways along the wall that one pixel goes.
Face faceOf(vec3 p, vec3 n, vec3 right, vec3 above, vec3 size, float form, float pixel)
{
  Face f;
  vec2 g = vec2(0.0);
  f.at = vec2(0.0); f.size = vec2(0.0); f.pixel = pixel;
  if (size.x <= 0.0) { }
  else if (form == ROUND_Z || form == ROUND_X)
  {
    bool lies = form == ROUND_X;
    vec3 q = lies ? p.yzx : p, s = lies ? size.yzx : size, a = lies ? right.yzx : right, b = lies ? above.yzx : above;
    vec2 c = q.xy / s.xy;
    f.size = vec2(1.5707963 * (s.x + s.y), s.z);
    f.at = vec2((atan(c.y, c.x) / 6.2831853 + 0.5) * f.size.x, q.z + 0.5 * s.z);
    vec2 across = vec2(-c.y, c.x) / (s.xy * max(dot(c, c), 1e-6)) * f.size.x / 6.2831853;
    g = vec2(abs(dot(across, a.xy)) + abs(dot(across, b.xy)), abs(a.z) + abs(b.z));
  }
  else
  {
    vec3 a = abs(n), far = abs(right) + abs(above);
    bool level = a.z > max(a.x, a.y), side = a.x > a.y;
    f.size = level ? size.xy : side ? size.yz : size.xz;
    f.at = (level ? p.xy : side ? p.yz : p.xz) + 0.5 * f.size;
    g = level ? far.xy : side ? far.yz : far.xz;
  }
  f.grain = clamp(g, vec2(pixel * 0.5), vec2(pixel * 12.0));
  return f;
}

// A pitch near `wanted` of which a whole number fits the length (0: endless).
float fitted(float wanted, float size) { return size > 0.0 ? size / max(1.0, floor(size / wanted + 0.5)) : wanted; }

// Plates have no box of their own: their metres are the City's, whose remainder by octaves of 8 comes in float64 from the CPU.
vec2 plateCell(vec3 x, vec3 n, float octave)
{
  int k = int(clamp(octave, 0.0, 15.0)) * 4;
  vec3 cell = x * exp2(-3.0 * octave) + vec3(lattice[k], lattice[k + 1], lattice[k + 2]);
  vec3 a = abs(n);
  return a.z > max(a.x, a.y) ? cell.xy : a.x > a.y ? cell.yz : cell.xz;
}

struct Skin { float tone; float depth; float line; };           // albedo factor, shade of recesses, joints

// One octave of panels. `at` in cells, `soft` = cells a pixel.
Skin panels(vec2 at, vec2 soft, uint salt, float rough)
{
  Skin s = Skin(1.0, 1.0, 0.0);
  float row = floor(at.y);
  float stagger = hash1(ivec2(int(row), 7), salt);
  at.x += stagger > 0.55 ? stagger * 4.0 : 0.0;
  ivec2 cell = ivec2(floor(at)); vec2 f = at - floor(at);
  uint b = bits(cell, salt);
  vec4 h = fourths(b), g = fourths(mixBits(b));
  vec2 rim = min(f, 1.0 - f), edge = rim / soft;
  s.line = (1.0 - smoothstep(0.4, 1.4, min(edge.x, edge.y))) * (0.35 + 0.65 * h.y);
  s.tone = 1.0 + (h.x - 0.5) * 0.30 * rough;
  vec2 inner = (rim - 0.10 - 0.16 * h.w - (g.x > 0.5 ? vec2(0.3 * g.y, 0.0) : vec2(0.0, 0.3 * g.z))) / soft;
  float inside_ = clamp(min(inner.x, inner.y) + 0.5, 0.0, 1.0);
  bool upright = h.z >= 0.24;                                             // grilles stand, louvres lie
  float bars = upright ? 7.0 : 9.0, along = upright ? f.x : f.y, fine = upright ? soft.x : soft.y;
  float wave = abs(fract(along * bars) - 0.5) * 2.0, clear_ = clamp(0.6 - fine * bars, 0.0, 0.5) * 2.0;
  float slats = mix(0.27, 0.58 * smoothstep(0.22, 0.78, wave), clear_);
  float recess = 0.55 + 0.35 * smoothstep(0.2, 1.0, f.y);
  s.depth = h.z < 0.34 ? 1.0 - inside_ * (h.z < 0.10 ? recess : slats) : 1.0;
  s.tone *= h.z >= 0.34 && h.z < 0.38 ? 1.0 + 0.35 * inside_ : 1.0;
  return s;
}

Skin added(Skin sum, Skin s, float share) { return Skin(sum.tone + s.tone * share, sum.depth + s.depth * share, sum.line + s.line * share); }

// A driver that runs both branches would make two sorts of panels at each pixel: what differs is where they lie and how large they are.
Skin panelsAt(Face f, vec3 x, vec3 n, float octave, vec2 habit, uint salt, float rough)
{
  float pitch = exp2(octave) * 3.0;
  vec2 p = vec2(fitted(pitch * habit.x, f.size.x), fitted(pitch * habit.y, f.size.y));
  bool plate = f.size.x <= 0.0;
  float o = floor(octave / 3.0 + 1.0);
  vec2 at = plate ? plateCell(x, n, o) : f.at / p, soft = plate ? vec2(f.pixel / exp2(3.0 * o)) : f.grain / p;
  Skin s = panels(at, soft, salt, rough);
  vec2 fits = step(p * 1.5, f.size);
  s.line *= plate ? 1.0 : max(fits.x, fits.y);
  return s;
}

Skin wall(Face f, vec3 x, vec3 n, uint salt, float rough)
{
  float level = log2(max(f.pixel * 15.0, 0.2) / 3.0) / 2.0;     // octaves of four
  float k = floor(level), t = smoothstep(0.25, 0.9, level - k);
  float kinds = unit(mixBits((salt & 0xfffffU) ^ 0x51edU));
  vec2 habit = kinds < 0.3 ? vec2(2.4, 0.8) : kinds < 0.6 ? vec2(0.8, 2.6) : kinds < 0.8 ? vec2(1.0, 1.25) : vec2(3.5, 3.0);      // long, tall, square: one habit a wall
  Skin fine = Skin(0.0, 0.0, 0.0), broad = fine;
  for (int i = 0; i < 3; i++)
  {
    Skin s = panelsAt(f, x, n, 2.0 * (k + float(i)), habit, salt ^ (uint(int(k) + 64 + i) << 20), rough);
    fine = added(fine, s, i == 0 ? 1.0 - t : i == 1 ? t : 0.0); broad = added(broad, s, i == 1 ? 1.0 - t : i == 2 ? t : 0.0);
  }
  if (max(f.size.x, f.size.y) / f.pixel > 1.0e6) { fine.line = broad.line = 0.0; fine.depth = broad.depth = 1.0; }
  return Skin(broad.tone * mix(1.0, fine.tone, 0.45), broad.depth * mix(1.0, fine.depth, 0.6), max(broad.line, fine.line * 0.35));
}

// Rain without rain: dirt runs down from the top of a wall, and patches of damp. Plates have octaves of eight, one blended into the next:
// a step would show as a ring.
float weather(Face f, vec3 x, vec3 n, uint salt, float rough)
{
  bool plate = f.size.x <= 0.0;
  float level = log2(f.pixel * 6.0) / (plate ? 3.0 : 2.0), k = floor(level), t = level - k;
  float ease = t * t * (3.0 - 2.0 * t), dirt = 0.0, damp = 0.0, halved = plate ? 0.5 : 1.0 - t;
  for (int i = 0; i < 2; i++)
  {
    vec2 at = plate ? plateCell(x, n, k + float(i)) * 8.0 : f.at * exp2(-2.0 * k);
    float streak = value2(at * vec2(1.0, 0.06), salt), broad = value2(at * vec2(0.25, 0.015), salt + 1U);
    float patch_ = value2(at * 0.12, salt + 9U) * 0.6, spot = value2(at * 0.5, salt + 10U), share = !plate ? 1.0 - float(i) : i == 0 ? 1.0 - ease : ease;
    dirt += share * (streak * halved + broad); damp += share * (patch_ + spot * 0.4 * halved);
  }
  if (max(f.size.x, f.size.y) / f.pixel > 1.0e6) return 1.0;
  return (1.0 - 0.34 * rough * clamp(dirt - 0.35, 0.0, 1.0)) * (1.0 - 0.30 * rough * damp);
}

// Which block of so many cells a cell lies in. A processor divides whole numbers one by one.
ivec2 block(ivec2 cell, vec2 many) { return ivec2((vec2(cell) + 0.5) / many); }

// Lit windows, clustered. Returns (share of glass, light); below three pixels a cell is a cluster of the next octave.
vec3 windows(Face f, uint salt, float night, out float glass)
{
  glass = 0.0;
  if (f.size.x <= 0.0 || max(f.size.x, f.size.y) / f.pixel > 2.0e6) return vec3(0.0);
  float g = max(f.grain.x, f.grain.y);
  float k = max(0.0, floor(log2(g * 3.2 / 3.0) + 1.0));
  float octave = exp2(k);
  vec2 p = vec2(fitted(2.7 * octave, f.size.x), fitted(3.2 * octave, f.size.y));
  if (f.size.x < p.x * 1.9 || f.size.y < p.y * 0.9) return vec3(0.0);
  vec2 at = f.at / p; ivec2 cell = ivec2(floor(at)); vec2 q = at - floor(at);
  vec2 soft = f.grain / p;
  vec2 wide = vec2(0.30, 0.27);
  vec2 box = clamp((wide - abs(q - vec2(0.5, 0.52))) / soft + 0.5, 0.0, 1.0);
  glass = box.x * box.y;
  uint b = bits(cell, salt + 4U);
  vec4 h = fourths(b);
  float cluster = value2(vec2(cell) * vec2(0.21, 0.13), salt) * 0.75 + 0.25 * hash1(block(cell, vec2(3.0, 9.0)), salt + 2U);
  float lively = smoothstep(0.55 - lived, 0.84 - lived, cluster) * mix(0.08, 0.75, night) + 0.004;
  float on = step(h.x + h.y / 256.0, lively);
  float tone = hash1(block(cell, vec2(5.0, 4.0)), salt + 6U) * 0.75 + h.z * 0.25;
  vec3 colour = tone > 0.60 ? lightCold : mix(lightWarm, mix(lightWarm, vec3(1.0), 0.5), h.w);
  float strength = 0.5 + 2.8 * h.y * unit(mixBits(b));
  float far = exp2(-0.25 * k);
  return colour * (glass * on * strength * mix(0.6, 1.0, far));
}

// Hatching lines along the wall and across it, as triangle waves 0 to 1, 4 to 8 pixels apart at any distance.
float strokes(float at, float grain)
{
  float level = log2(grain * 4.5), k = floor(level), t = level - k; at *= exp2(-k);
  float a = abs(fract(at) - 0.5) * 2.0, b = abs(fract(at * 0.5) - 0.5) * 2.0;
  return mix(a, b, smoothstep(0.35, 0.65, t));
}
vec2 hatch(Face f, vec3 x, vec3 n)
{
  if (f.size.x > 0.0 && max(f.size.x, f.size.y) / f.pixel < 1.0e6)
  {
    // Drawn by hand: a stroke is stronger here, weaker there along its way, and sways a little.
    vec2 coarse = floor(log2(f.grain)), p = f.at * vec2(exp2(-coarse.x), exp2(-coarse.y));
    vec2 hand = vec2(value2(p * vec2(0.30, 0.012), 91U), value2(p * vec2(0.012, 0.30), 92U)) - 0.5;
    return vec2(strokes(f.at.x + hand.x * f.grain.x, f.grain.x), strokes(f.at.y + hand.y * f.grain.y, f.grain.y)) + 0.45 * hand;
  }
  vec2 at = gl_FragCoord.xy + origin;
  return vec2(strokes(at.x + at.y, 1.4), strokes(at.x - at.y, 1.4));
}
