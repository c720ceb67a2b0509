//VTK::System::Dec
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE project.glsl
in vec3 normalMC;
in vec4 glyphColor;
in mat4 GCMCMatrix;
in mat3 glyphNormalMatrix;
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
#ifdef FACETED
out float away;
flat out vec2 code;
#else
out vec4 face;
flat out float code;
#endif

void main()
{
  float length_ = length(normalMC);     // the prototypes' normals are 1, 2 or 3 long: flat, round about z, round about x
  float form = length_ < 1.5 ? FLAT : length_ < 2.5 ? ROUND_Z : ROUND_X;
  float row = dot(floor(glyphColor.rgb * 255.0 + 0.5), vec3(1.0, 256.0, 65536.0));
#ifdef DATED
  // It rises along its own axis from its foot, or from where it hangs, and is taken down to it.
  int span = 2 * int(glyphColor.a * 255.0 + 0.5);
  float there = clamp(min((year - spans[span]) / rise + 1.0, (spans[span + 1] - year) / rise), 0.0, 1.0);
  vec4 at = MCVCMatrix * (GCMCMatrix * vec4(vertexMC.xy, (vertexMC.z + 0.5) * there - 0.5, 1.0));
#else
  vec4 at = MCVCMatrix * (GCMCMatrix * vertexMC);
#endif
  vec4 middle = MCVCMatrix * vec4(GCMCMatrix[3].xyz, 1.0);
  at.xyz += pulledApart(middle.xyz);
  vec3 n = normalize(normalMatrix * (glyphNormalMatrix * normalMC));
#ifdef FACETED
  // A level face is turned to the eye, or from it, at all of its pixels alike: its corners know.
  if ((parallel > 0.5 ? -n.z : dot(n, at.xyz)) > 0.0) n = -n;
  away = -at.z;
  code = vec2(packNormal(n * toView, form), row);
#else
  face = vec4(n * toView, -at.z);
  code = row + form * 4194304.0;
#endif
  gl_Position = projected(at.xyz);
#ifdef DATED
  if (there <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}
