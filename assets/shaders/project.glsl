// Our own projection: infinite far plane, and offsets so that a large picture can be drawn in tiles.
vec4 projected(vec3 at)
{
  float w = -at.z;
#ifdef NEAR_FIRST
  return vec4(lens.xy * at.xy + lens.zw * w, NEAR, w);          // depth is NEAR / w
#endif
  if (parallel > 0.5) return vec4(lens.xy * at.xy + lens.zw, clamp(w / 1e14, -2.0, 1.0) * 2.0 - 1.0, 1.0);
  return vec4(lens.xy * at.xy + lens.zw * w, w - 2.0 * NEAR, w);
}

// Strata pulled apart along the City's axis, each by its own index.
vec3 pulledApart(vec3 at)
{
#ifdef EXPLODED
  float radius = length(transpose(toView) * at - centre) * 0.99999;
  float index = 0.0;
  for (int i = 0; i < 64; i++) { if (float(i) >= shellCount) break; if (radius > shells[i]) index += 1.0; }
  return toView * vec3(0.0, 0.0, explode * index);
#else
  return vec3(0.0);
#endif
}
