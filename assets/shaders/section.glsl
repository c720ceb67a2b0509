// The face of a cut: a technical section. Warm grey concrete between strata lines at even radii, and in it, octave by octave,
// chambers: voids in shadow, floors, a few that are lit. Nothing here is stored: the same numbers give the same rooms.

// Metres along the cut, square to the radius: an arc where the view is wide, a world axis (exact when near) where it is not.
float alongCut(vec3 x, vec3 n, float pixel, float pitch, float octave)
{
  vec3 up = normalize(x - centre), t = cross(n, up);
  if (pixel > 2.0e6)
  {
    vec3 e = normalize(abs(n.z) < 0.9 ? cross(n, vec3(0.0, 0.0, 1.0)) : vec3(1.0, 0.0, 0.0)), f = cross(n, e);
    float count = max(floor(6.2831853 * length(x - centre) / (pitch * 8.0)), 1.0) * 8.0;
    return (atan(dot(up, f), dot(up, e)) / 6.2831853 + 0.5) * count;
  }
  int k = int(octave) * 4; vec3 cell = x / exp2(3.0 * octave) + vec3(lattice[k], lattice[k + 1], lattice[k + 2]);
  vec3 a = abs(t);
  return (a.z > max(a.x, a.y) ? cell.z : a.x > a.y ? cell.x : cell.y) * exp2(3.0 * octave) / pitch;
}

// The picture of a cut's face is made in the lighting pass, once a pixel; the G-buffer carries its material and day phase.
// One octave of chambers: albedo factor, light.
vec2 chambers(vec3 x, vec3 n, float height, float pixel, float level)
{
  float octave = clamp(floor(level / 3.0) + 1.0, 0.0, 15.0), pitch = exp2(level);
  float row = (height / exp2(3.0 * octave) + lattice[int(octave) * 4 + 3]) * exp2(3.0 * octave - level);
  float r = floor(row), fy = row - r;
  uint salt = uint(int(level) + 40);
  int ri = int(mod(r, 65536.0));
  float wide = exp2(1.0 + floor(3.0 * hash1(ivec2(ri, 1), salt)));
  float along = alongCut(x, n, pixel, pitch * wide, octave) + hash1(ivec2(ri, 2), salt);
  float c = floor(along), fx = along - c;
  ivec2 cell = ivec2(ri, int(mod(c, 65536.0)));
  vec4 q = fourths(bits(cell, salt + 3U));
  float h = q.x, soft = pixel / pitch;
  vec2 edge = vec2(min(fx, 1.0 - fx) * wide, min(fy, 1.0 - fy)) / soft;
  float wall = clamp(min(edge.x, edge.y) - 0.3, 0.0, 1.0);
  float cluster = value2(vec2(r * 0.11, c * 0.07 * wide), salt + 7U);
  float hollow = step(h, 0.18 + 0.5 * cluster);
  float inner = clamp(min(edge.x, edge.y) - 1.4, 0.0, 1.0);
  float tone = mix(0.62, 1.0, wall) * mix(0.92 + 0.16 * h, mix(0.30, 0.52, 1.0 - fy), hollow * inner);
  float lit = inner * hollow * step(0.88, q.y) * (0.3 + 0.7 * smoothstep(0.45, 0.8, cluster));
  return vec2(tone, lit);
}

vec3 section(vec3 x, vec3 n, float pixel, vec2 look)
{
  float height = (2.0 * eyeRadius * dot(eyeUp, x) + dot(x, x)) / (length(x - centre) + eyeRadius);
  float level = log2(pixel * 7.0), k = floor(level), t = smoothstep(0.2, 0.8, level - k);
  vec2 fine = mix(chambers(x, n, height, pixel, k), chambers(x, n, height, pixel, k + 1.0), t);
  vec2 broad = mix(chambers(x, n, height, pixel, k + 3.0), chambers(x, n, height, pixel, k + 4.0), t);
  float day = daylight(hour + look.y / 256.0 * 24.0, duty);
#ifdef INK
  day = 1.0;
#endif
  vec3 poche = sectionFace * (int(look.x) == 0 ? 0.9 : 1.0);
  poche *= mix(1.0, fine.x, 0.8) * mix(1.0, broad.x, 0.75);
  vec3 colour = poche * mix(0.35, 1.0, day);
  float h = fract(height / exp2(k + 9.0) * 1.618);
  vec3 warm = mix(lightWarm, lightCold, step(0.80, h));
  colour += warm * (fine.y * 1.3) * mix(0.85, 0.45, day);
  return colour * gain;
}
