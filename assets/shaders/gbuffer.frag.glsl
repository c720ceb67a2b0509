//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
#ifdef CUTS
//INCLUDE cut.glsl
#endif
//INCLUDE surface.glsl
//INCLUDE material.glsl
in vec3 viewAt;
in vec3 viewNormal;
in vec3 localAt;
in vec3 localNormal;
flat in vec3 extent;
flat in vec4 look;
flat in float seed;
flat in float shape;

void main()
{
  mat3 toWorld = transpose(toView);
  vec3 x = toWorld * viewAt;
  float distance = parallel > 0.5 ? -viewAt.z : length(viewAt);
  float pixel = pixelAngle * (parallel > 0.5 ? 1.0 : -viewAt.z);
  Face face = faceOf(localAt, localNormal, extent, shape, pixel);
  vec3 n = normalize(toWorld * viewNormal);
  if (distance <= 0.0) discard;
#ifdef CUTS
  if (hidden(x)) discard;
#endif
  gl_FragDepth = depthOf(-viewAt.z);

  float dither = unit(mixBits(uint(gl_FragCoord.x) * 1973U + uint(gl_FragCoord.y) * 9277U));
  vec3 sight = parallel > 0.5 ? -toWorld[2] : x / distance;
#ifdef CUTS
  if (!gl_FrontFacing)
  {
    n = -n;
    vec3 o = parallel > 0.5 ? x - sight * distance : vec3(0.0);
    vec3 cutNormal;
    float share = lastExit(o, x, cutNormal);
    if (share > 0.0)
    {
      // Where two closed solids touch, the one that is left must win over the one that is entered, or the section flickers.
      gl_FragDepth -= 2.0e-6;
      vec3 at = mix(o, x, share);
      float w = max(dot(at, -toWorld[2]), NEAR);
      fragOutput0 = vec4(packNormal(cutNormal, SECTION), 1.0 / w, look.x + look.w * 256.0, 1.0);
      return;
    }
  }
#endif
  if (dot(n, sight) > 0.0) n = faceforward(n, sight, n);
  float kind, joints, opening;
  vec3 colour = shaded(x, n, sight, face, look, seed, kind, joints, opening);
#ifdef INK
  float third = packInk(luminance(colour) / gain, max(joints, opening * 0.6), hatch(face, x, n), dither);
#else
  float third = packColour(colour, dither);
#endif
  fragOutput0 = vec4(packNormal(n, kind), 1.0 / -viewAt.z, third, 1.0);
}
