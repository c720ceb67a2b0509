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
out vec3 viewAt;
out vec3 viewNormal;
flat out float row;
flat out float shape;

void main()
{
  float code = length(normalMC);        // the prototypes' normals are 1, 2 or 3 long: flat, round about z, round about x
  shape = floor(code + 0.5);
  row = dot(floor(glyphColor.rgb * 255.0 + 0.5), vec3(1.0, 256.0, 65536.0));
  viewNormal = normalMatrix * (glyphNormalMatrix * (normalMC / code));
  vec4 at = MCVCMatrix * (GCMCMatrix * vertexMC);
  vec4 middle = MCVCMatrix * vec4(GCMCMatrix[3].xyz, 1.0);
  viewAt = at.xyz + pulledApart(middle.xyz);
  gl_Position = projected(viewAt);
}
