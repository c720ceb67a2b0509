// Light from above: the map of where it is stopped, and the sheet of lamps it comes from. `p` is in metres from the anchor.
vec3 onMap(vec3 p) { return vec3((vec2(dot(p, fallRight), dot(p, fallUpward)) - fallMiddle) / fallHalf * 0.5 + 0.5, dot(p, fallLight)); }

float softly(float high) { float t = clamp((high - fallLevel) * (1.0 / fallSoft) + 1.0, 0.0, 1.0); return t * t * (3.0 - 2.0 * t); }

// 1 in light, 0 in shadow, at one texel. What stands nearly as high as the light stops little of it.
float unstopped(ivec2 c, ivec2 size, float high)
{
  vec4 m = texelFetch(stopped, clamp(c, ivec2(0), size - 1), 0);
  return m.a < 0.5 || m.r < high ? 1.0 : softly(m.g);
}

// How much of the map there is here: it ends softly, and where it ends moves with the eye and not with its texels.
float mapped(vec2 at) { vec2 e = abs((at * 2.0 - 1.0) * fallEdge.z + fallEdge.xy); return 1.0 - smoothstep(0.70, 1.0, max(e.x, e.y)); }

float lampsAbove(vec2 at) { return texture(sheet, at).r; }
