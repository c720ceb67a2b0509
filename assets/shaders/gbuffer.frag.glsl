//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
#ifdef CUTS
//INCLUDE cut.glsl
#endif
#ifdef BORES
//INCLUDE bore.glsl
#endif
//INCLUDE screen.glsl
#ifdef FACETED
in float away;                  // metres along the sight axis
flat in vec2 code;              // the normal, packed, and the row of its part
#else
in vec4 face;                   // the normal, and metres along the sight axis
flat in float code;             // the row of its part, and its form
#endif
#ifdef THIN
in float thick;                 // how many times as thick as it is it is drawn
#endif
#ifdef EARLY
in float early;                 // years until it is closed here, or since it was taken down
#endif

// Only what is where: a pixel is drawn over many times here, and shaded once, in the lighting pass.
void main()
{
#ifdef FACETED
  float far = away, row = code.y;
#else
  float far = face.w, form = floor(code / 4194304.0), row = code - form * 4194304.0;
#endif
#ifdef EARLY
  if (early > 0.0) discard;
#endif
#ifndef NEAR_FIRST
  if (parallel > 0.5 && far <= 0.0) discard;
  gl_FragDepth = depthOf(far);
#elif defined(CUTS) && defined(BOTH)
  gl_FragDepth = gl_FragCoord.z;          // a shader that writes it once must write it always
#endif
#ifdef CUTS
  mat3 toWorld = transpose(toView);
  vec3 x = toWorld * viewPoint(gl_FragCoord.xy * pixelShare, 1.0 / far);
  if (hidden(x)) discard;
#ifdef BORES
  if (inBore(x)) discard;
#endif
#ifndef FRONT
  if (!gl_FrontFacing)
  {
    vec3 o = parallel > 0.5 ? x + toWorld[2] * far : vec3(0.0);
    vec3 cutNormal;
    float share = lastExit(o, x, cutNormal), form = CUT_FACE, whose = row;
#ifdef BORES
    vec3 boreNormal;
    float left = boreExit(o, x, boreNormal);
    if (left > max(share, 0.0)) { share = left; cutNormal = boreNormal; form = FLAT; whose = boreRow; }
#endif
    if (share > 0.0)
    {
      // Nearer by a little, as project.glsl says.
#if defined(NEAR_FIRST) && defined(BOTH)
      gl_FragDepth *= 1.0 + 7.4e-5;
#elif !defined(NEAR_FIRST)
      gl_FragDepth -= 2.0e-6;
#endif
      float w = max(dot(mix(o, x, share), -toWorld[2]), NEAR);
      fragOutput0 = vec4(packNormal(cutNormal, form), 1.0 / w, whose, 1.0);
      return;
    }
  }
#endif
#endif
#ifdef FACETED
  float normal = code.x;
#else
  float normal = packNormal(gl_FrontFacing ? face.xyz : -face.xyz, form);
#endif
#ifdef THIN
  fragOutput0 = vec4(normal, 1.0 / far, row, 1.0 / thick);
#else
  fragOutput0 = vec4(normal, 1.0 / far, row, 1.0);
#endif
}
