//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
#ifdef CUTS
//INCLUDE cut.glsl
#endif
in vec3 viewAt;
in vec3 viewNormal;
flat in float row;
flat in float shape;

// Only what is where: a pixel is drawn over many times here, and shaded once, in the lighting pass.
void main()
{
  mat3 toWorld = transpose(toView);
  vec3 n = normalize(toWorld * viewNormal);
  if (parallel > 0.5 && viewAt.z >= 0.0) discard;
  gl_FragDepth = depthOf(-viewAt.z);
  vec3 x = toWorld * viewAt;
  vec3 sight = parallel > 0.5 ? -toWorld[2] : x;
#ifdef CUTS
  if (hidden(x)) discard;
  if (!gl_FrontFacing)
  {
    n = -n;
    vec3 o = parallel > 0.5 ? x + sight * viewAt.z : vec3(0.0);
    vec3 cutNormal;
    float share = lastExit(o, x, cutNormal);
    if (share > 0.0)
    {
      // Where two closed solids touch, the one that is left must win over the one that is entered, or the section flickers.
      gl_FragDepth -= 2.0e-6;
      float w = max(dot(mix(o, x, share), -toWorld[2]), NEAR);
      fragOutput0 = vec4(packNormal(cutNormal, CUT_FACE), 1.0 / w, row, 1.0);
      return;
    }
  }
#endif
  if (dot(n, sight) > 0.0) n = -n;
  fragOutput0 = vec4(packNormal(n, shape < 1.5 ? FLAT : shape < 2.5 ? ROUND_Z : ROUND_X), 1.0 / -viewAt.z, row, 1.0);
}
