//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
in vec2 uv;

// Depth at half size, in four bytes: what is looked up all about a pixel must be small, or the processor waits for its memory.
void main()
{
  vec4 g = texelFetch(gbuffer, ivec2(uv * vec2(textureSize(gbuffer, 0)) - 0.25), 0);        // one of four texels, always
  fragOutput0 = g.g > 0.0 && g.a > 0.5 ? asBytes(depthOf(1.0 / g.g)) : vec4(1.0);          // a cable thinner than its pixel shades nothing
}
