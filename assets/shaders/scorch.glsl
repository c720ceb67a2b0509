// The wall that a shot has left: fused, dark, in facets about the line it came along, with streaks the way it went. `shine`: what still
// glows of it.
vec3 scorched(vec3 x, float pixel, uint salt, out vec3 shine)
{
  int best = 0; float least = 1e30, at = 0.0; vec3 q = vec3(0.0);
  for (int i = 0; i < BORES; i++)
  {
    float along; vec3 w = fromLine(i, x, along); float r = bores[i * 9 + 3], off = abs(length(w) - r) / r;
    if (off < least) { least = off; best = i; at = along; q = w; }
  }
  float r = bores[best * 9 + 3], grain = pixel / r;
  vec3 d = boreAxis(best), e = normalize(abs(d.z) < 0.9 ? cross(d, vec3(0.0, 0.0, 1.0)) : cross(d, vec3(1.0, 0.0, 0.0))), f = cross(d, e);
  vec3 w = q - d * dot(q, d);
  float turn = atan(dot(w, f), dot(w, e)) / 6.2831853 + 0.5, ring = at / (0.45 * r) + 64.0;
  vec2 cell = vec2(turn * 40.0, ring), soft = vec2(grain * 6.4, grain / 0.45) * 1.5;
  uint own = uint(best) * 131U + 17U;
  cell.x += 0.5 * mod(floor(cell.y), 2.0);
  float clear_ = clamp(1.4 - 2.0 * max(soft.x, soft.y), 0.0, 1.0);
  vec2 rim = min(fract(cell), 1.0 - fract(cell)) / soft;
  float facet = hash1(ivec2(floor(cell)) & 4095, own), joint = (1.0 - smoothstep(0.3, 1.3, min(rim.x, rim.y))) * clear_;
  float streak = value2(vec2(turn * 220.0, ring * 0.22), own) * 0.6 + value2(vec2(turn * 64.0, ring * 0.08), own + 3U) * 0.4;
  float band = value2(vec2(3.0, ring * 0.7), own + 5U);
  float tone = mix(0.85, 0.55 + 0.75 * facet, clear_) * (0.45 + 0.95 * streak) * (0.75 + 0.5 * band) * (1.0 - 0.55 * joint);
  float ember = smoothstep(0.55, 1.0, 0.5 * facet + 0.3 * streak + 0.35 * band) + 0.6 * joint;
  shine = vec3(1.0, 0.34, 0.09) * boreHeat * (0.10 + 1.9 * ember);
  shine += vec3(1.0, 0.75, 0.5) * max(boreHeat - 0.6, 0.0) * 2.0;
  return vec3(tone);
}
