// The stars outside the City, and the band of the Galaxy behind them. Ours, not a map.
// Where a look meets a cube about the eye, and its face: stars keep their places on it.
vec2 onCube(vec3 dir, out uint face)
{
  vec3 a = abs(dir);
  if (a.z > max(a.x, a.y)) { face = 1U; return dir.xy / a.z; }
  face = a.x > a.y ? 2U : 3U;
  return face == 2U ? dir.yz / a.x : dir.xz / a.y;
}

// How dense the stars of the Galaxy stand that way, with dust before them: 0 to about 1.
float galaxy(vec3 dir)
{
  float off = dot(dir, vec3(0.2086, 0.8416, 0.4983));
  float cloud = value3(dir * 4.0) * 0.5 + value3(dir * 9.0) * 0.3 + value3(dir * 21.0) * 0.2;
  float dust = smoothstep(0.46, 0.66, value3(dir * 6.0 + 5.0) * 0.55 + value3(dir * 15.0 + 2.0) * 0.3 + value3(dir * 37.0) * 0.15);
  float band = exp(-off * off * 22.0);
  return band * (0.25 + 1.5 * cloud * cloud) * (1.0 - 0.8 * dust * exp(-off * off * 90.0));
}

// What is too faint to be told apart.
vec3 starlight(float dense) { return mix(vec3(0.038, 0.046, 0.058), vec3(0.068, 0.058, 0.052), dense) * dense; }

vec3 stars(vec3 dir, float dense)
{
  uint face; vec2 p = onCube(dir, face);
  float angle = max(parallel > 0.5 ? 0.6 / (tiled * float(textureSize(gbuffer, 0).y)) : pixelAngle, 0.0005);
  vec3 sum = starlight(dense);
  for (int i = 0; i < 3; i++)
  {
    float cells = i == 0 ? 90.0 : i == 1 ? 240.0 : 420.0;                  // stars of a kind a cell, fainter the more there are
    vec2 q = p * cells; ivec2 c = ivec2(floor(q));
    if (hash1(c, face * 7U + uint(i)) > (i == 2 ? 0.30 * dense : 0.03 + 0.05 * dense)) continue;
    vec2 at = vec2(hash1(c, face + 21U), hash1(c, face + 33U)) * 0.7 + 0.15;
    float d = length(q - floor(q) - at) / (angle * cells * 0.9);
    float bright = i == 2 ? 0.02 + 0.05 * hash1(c, face + 5U) : pow(hash1(c, face + 5U), 9.0) * 1.3 + 0.03;
    sum += mix(vec3(1.0, 0.86, 0.7), vec3(0.75, 0.88, 1.0), hash1(c, face + 9U)) * bright * exp(-d * d);
  }
  return sum;
}
