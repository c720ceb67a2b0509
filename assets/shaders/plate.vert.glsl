//VTK::System::Dec
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE project.glsl
in vec4 vertexMC;
in vec3 normalMC;
in float plateRow;
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
out vec3 viewAt;
out vec3 viewNormal;
flat out float row;
flat out float shape;

void main()
{
  shape = 1.0;
  row = plateRow;
  viewNormal = normalMatrix * normalMC;
  vec4 at = MCVCMatrix * vec4(vertexMC.xyz, 1.0);
  viewAt = at.xyz + pulledApart(at.xyz);
  gl_Position = projected(viewAt);
}
