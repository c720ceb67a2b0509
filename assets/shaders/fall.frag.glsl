//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
in vec2 high;                   // metres towards the light, and over the anchor

// How high light is stopped. What stands above the lamps does not stop it.
void main()
{
  if (high.y > fallLevel) discard;
  fragOutput0 = vec4(high, 0.0, 1.0);
}
