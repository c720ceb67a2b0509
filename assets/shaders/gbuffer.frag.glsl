//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
#ifdef CUTS
//INCLUDE cut.glsl
#endif
//INCLUDE screen.glsl
in vec4 face;                   // the normal in view space, and the distance along the sight axis
flat in float code;             // the row of its part, and its form

// Only what is where: a pixel is drawn over many times here, and shaded once, in the lighting pass.
void main()
{
  mat3 toWorld = transpose(toView);
  float far = face.w, form = floor(code / 4194304.0);
  vec3 n = normalize(toWorld * face.xyz);
  if (parallel > 0.5 && far <= 0.0) discard;
  gl_FragDepth = depthOf(far);
  vec3 x = toWorld * viewPoint(gl_FragCoord.xy * pixelShare, 1.0 / far);
  vec3 sight = parallel > 0.5 ? -toWorld[2] : x;
#ifdef CUTS
  if (hidden(x)) discard;
#ifndef FRONT
  if (!gl_FrontFacing)
  {
    n = -n;
    vec3 o = parallel > 0.5 ? x - sight * far : vec3(0.0);
    vec3 cutNormal;
    float share = lastExit(o, x, cutNormal);
    if (share > 0.0)
    {
      // Where two closed solids touch, the one that is left must win over the one that is entered, or the section flickers.
      gl_FragDepth -= 2.0e-6;
      float w = max(dot(mix(o, x, share), -toWorld[2]), NEAR);
      fragOutput0 = vec4(packNormal(cutNormal, CUT_FACE), 1.0 / w, code - form * 4194304.0, 1.0);
      return;
    }
  }
#endif
#endif
  if (dot(n, sight) > 0.0) n = -n;
  fragOutput0 = vec4(packNormal(n, form), 1.0 / far, code - form * 4194304.0, 1.0);
}
