//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE cut.glsl
//INCLUDE surface.glsl
//INCLUDE material.glsl
//INCLUDE section.glsl
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
  if (distance <= 0.0 || hidden(x)) discard;
  gl_FragDepth = depthOf(-viewAt.z);

  float dither = unit(mixBits(uint(gl_FragCoord.x) * 1973U + uint(gl_FragCoord.y) * 9277U));
  vec3 sight = parallel > 0.5 ? -toWorld[2] : x / distance;
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
      vec3 colour = section(at, cutNormal, pixelAngle * (parallel > 0.5 ? 1.0 : w), look);
      float third = style > 0.5 ? packInk(0.7, 1.0 - luminance(colour) / (gain * 0.4), vec2(1.0), dither) : packColour(colour, dither);
      fragOutput0 = vec4(packNormal(cutNormal, SECTION), 1.0 / w, third, 1.0);
      return;
    }
  }
  if (dot(n, sight) > 0.0) n = faceforward(n, sight, n);
  float kind, joints, opening;
  vec3 colour = shaded(x, n, sight, face, look, seed, kind, joints, opening);
  float third = style > 0.5 ? packInk(luminance(colour) / gain, max(joints, opening * 0.6), hatch(face, x, n), dither) : packColour(colour, dither);
  fragOutput0 = vec4(packNormal(n, kind), 1.0 / -viewAt.z, third, 1.0);
}
