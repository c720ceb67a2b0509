//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec3 normalMC;
in vec4 glyphColor;
in mat4 GCMCMatrix;
in mat3 glyphNormalMatrix;
uniform mat4 MCVCMatrix;
out vec2 high;

// Along the light, orthographic: metres right, upward and towards the light from the anchor.
void main()
{
  vec4 own = GCMCMatrix * vertexMC;
  vec4 at = MCVCMatrix * own;
  high = vec2(at.z, dot(own.xyz, fallUp));
#ifdef DATED
  int span = 2 * int(glyphColor.a * 255.0 + 0.5);
#endif
  gl_Position = vec4((at.xy - fallMiddle) / fallHalf, clamp(-at.z / (64.0 * fallHalf), -1.0, 1.0), 1.0);
#ifdef DATED
  if (year < spans[span] || year >= spans[span + 1]) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}
