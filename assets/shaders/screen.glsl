// From a point of the screen and 1/depth back to view space.
vec3 viewPoint(vec2 at, float inverse)
{
  vec2 ndc = at * 2.0 - 1.0;
  float w = 1.0 / inverse;
  if (parallel > 0.5) return vec3((ndc - lens.zw) / lens.xy, -w);
  return vec3((ndc - lens.zw) / lens.xy * w, -w);
}
