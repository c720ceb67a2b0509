//VTK::System::Dec
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE project.glsl
in vec4 vertexMC;
in vec3 normalMC;
in vec4 plateLook;
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
out vec3 viewAt;
out vec3 viewNormal;
out vec3 localAt;
out vec3 localNormal;
flat out vec3 extent;
flat out vec4 look;
flat out float seed;
flat out float shape;

void main()
{
  extent = vec3(0.0);
  localAt = vec3(0.0);
  localNormal = normalMC;
  shape = 0.0;
  look = plateLook;
  seed = look.z;
  viewNormal = normalMatrix * normalMC;
  vec4 at = MCVCMatrix * vec4(vertexMC.xyz, 1.0);
  viewAt = at.xyz + pulledApart(at.xyz);
  gl_Position = projected(viewAt);
}
