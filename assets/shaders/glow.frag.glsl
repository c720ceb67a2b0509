//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
in vec2 uv;

// The three glows as one, at the size of the finest.
void main()
{
  fragOutput0 = vec4(texture(glow1, uv).rgb * 0.14 + texture(glow2, uv).rgb * 0.11 + texture(glow3, uv).rgb * 0.09, 1.0);
}
