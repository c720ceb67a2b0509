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
  float turn = atan(dot(w, f), dot(w, e)) / 6.2831853 + 0.5, ring = at / (0.60 * r) + 64.0;
  uint own = uint(best) * 131U + 17U;
  float row = floor(ring), into = fract(ring), soft = grain / 0.60;
  // Ripples where it set again: fine bright lips, at some of the rings alone; facets between them, a score round the bore.
  float fused = hash1(ivec2(int(row) & 4095, 3), own), lip = smoothstep(0.45, 0.75, fused) * exp(-into * into / (0.003 + 4.0 * soft * soft)) / (1.0 + 10.0 * soft);
  float across = turn * 26.0 + 7.0 * fused, clear_ = clamp(1.3 - grain * 14.0, 0.0, 1.0);
  float facet = hash1(ivec2(int(floor(across)), int(row) & 4095), own);
  float fine = value2(vec2(turn * 240.0, ring * 0.16), own), wide = value2(vec2(turn * 52.0, ring * 0.07), own + 3U);
  float streak = mix(wide, 0.55 * wide + 0.45 * fine, clamp(1.4 - grain * 60.0, 0.0, 1.0));
  float band = value2(vec2(3.0, ring * 0.7), own + 5U);
  float tone = (0.30 + 1.35 * streak * streak) * (0.75 + 0.5 * band) * mix(1.0, 0.80 + 0.40 * facet, clear_) * (1.0 - 0.5 * into * into * clear_) + 1.6 * lip;
  float ember = smoothstep(0.55, 1.0, 0.35 * facet + 0.5 * streak + 0.3 * band) + 1.5 * lip;
  float glows = boreHeat * smoothstep(1.1 - 1.1 * boreHeat, 1.5 - 0.9 * boreHeat, ember);      // the last embers are the hottest places
  shine = mix(vec3(0.85, 0.16, 0.03), vec3(1.0, 0.50, 0.18), glows) * (0.05 * boreHeat + 0.75 * glows);
  return vec3(tone);
}
