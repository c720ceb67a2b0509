// Where two closed solids touch, the one that is left must win over the one that is entered, or the section's face, which lies on the back
// of the former, flickers. A back drawn alone is put nearer by its corners: a fragment that writes no depth need not be shaded where hidden.
const float SECTION_FIRST = 7.4e-5;

// Our own projection: infinite far plane, and offsets so that a large picture can be drawn in tiles.
vec4 projected(vec3 at)
{
  float w = -at.z;
#ifdef NEAR_FIRST
#ifdef BACK
  return vec4(lens.xy * at.xy + lens.zw * w, NEAR * (1.0 + SECTION_FIRST), w);
#endif
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
