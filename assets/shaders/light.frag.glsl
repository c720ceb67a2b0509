//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
//INCLUDE haze.glsl
//INCLUDE project.glsl
//INCLUDE surface.glsl
#ifdef BORES
//INCLUDE bore.glsl
//INCLUDE scorch.glsl
#endif
//INCLUDE stars.glsl
//INCLUDE material.glsl
//INCLUDE rows.glsl
#ifdef CUTS
//INCLUDE section.glsl
//INCLUDE cut.glsl
//INCLUDE mist.glsl
#endif
#ifdef LAMPS
//INCLUDE lamps.glsl
#endif
//INCLUDE water.glsl
#ifdef BEAM
//INCLUDE beam.glsl
#endif
#ifdef FALL
//INCLUDE fall.glsl
#endif
#if defined(INK) || defined(CONTOURS)
//INCLUDE contour.glsl
#endif
#ifdef INK
//INCLUDE ink.glsl
#endif
in vec2 uv;

// Occlusion is drawn at half size; its four nearest of like depth are averaged over the 4 x 4 turns of its taps.
float openness(vec2 at, float depth)
{
  ivec2 size = textureSize(occlusion, 0); vec2 p = at * vec2(size) - 0.5;
  ivec2 c = ivec2(floor(p)) - 1; float sum = 0.0, weight = 1e-4, least = 25.0 / depth;
  for (int j = 0; j < 4; j++) for (int i = 0; i < 4; i++)
  {
    vec2 o = texelFetch(occlusion, clamp(c + ivec2(i, j), ivec2(0), size - 1), 0).rg;
    float w = max(1.0 - abs(o.g - depth) * least, 1e-3);
    sum += o.r * w; weight += w;
  }
  return sum / weight;
}

#ifdef RAYS
// What rays have gathered for the whole picture, more coarsely: between the four nearest, by depth.
vec3 gatheredAt(float inverse)
{
  ivec2 size = textureSize(gathered, 0);
  vec2 whole = (lens.zw + 1.0) / pixelShare + 2.0 * origin;
  vec2 p = (gl_FragCoord.xy + origin) / whole * vec2(size) - 0.5;
  ivec2 c = ivec2(floor(p)); vec2 f = p - floor(p);
  vec3 sum = vec3(0.0); float weight = 1e-6;
  for (int j = 0; j < 2; j++) for (int i = 0; i < 2; i++)
  {
    vec4 o = texelFetch(gathered, clamp(c + ivec2(i, j), ivec2(0), size - 1), 0);
    float w = max(1.0 - 25.0 * abs(1.0 - o.a / inverse), 1e-3) * step(1e-30, o.a);
    w *= (i == 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 - f.y : f.y) + 1e-3;
    sum += o.rgb * w; weight += w;
  }
  return sum / weight;
}
#endif

#ifdef FALL
// The air that lies in light (share, how much is known), evened out at a quarter of the size: between the four nearest, by depth.
vec2 airLit(vec2 at, float depth)
{
  ivec2 size = textureSize(shafts, 0); vec2 p = at * vec2(size) - 0.5;
  ivec2 c = ivec2(floor(p)); vec2 f = p - floor(p);
  vec2 sum = vec2(0.0); float weight = 1e-6, least = 1.0 / (0.15 * depth);
  for (int j = 0; j < 2; j++) for (int i = 0; i < 2; i++)
  {
    vec3 o = texelFetch(shafts, clamp(c + ivec2(i, j), ivec2(0), size - 1), 0).rgb;
    float w = max(1.0 - abs(o.g - depth) * least, 1e-3);
    w *= (i == 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 - f.y : f.y);
    sum += o.rb * w; weight += w;
  }
  return sum / weight;
}

// What of the light from above reaches a wall: a penumbra that widens with the height it is stopped at.
float castOn(vec3 x, vec3 n, float lean)
{
  ivec2 size = textureSize(stopped, 0);
  float texel = 2.0 * fallHalf / float(size.x);
  vec3 at = onMap(x - anchor + n * (1.6 * texel));
  float there = mapped(at.xy);
  if (there <= 0.0) return 0.5;
  vec2 q = at.xy * vec2(size) - 0.5;
  vec4 m = texelFetch(stopped, clamp(ivec2(q + 0.5), ivec2(0), size - 1), 0);
  float reach = clamp(0.02 * max(m.r - at.z, 0.0) * m.a / texel, 1.0, 3.0);
  float sum = 0.0, steep = min(sqrt(1.0 - lean * lean) / max(lean, 0.1), 5.0);
  float high = at.z + texel * (1.0 + 1.4 * (reach - 1.0) * steep);         // or a wall aslant would shade itself
  vec2 f = q - floor(q);
  for (int j = -1; j <= 1; j++) for (int i = -1; i <= 1; i++)
  {
    // a tent a texel wide at each end, so that no step is seen within a texel
    float w = (i == 0 ? 1.0 : i < 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 : j < 0 ? 1.0 - f.y : f.y);
    sum += w * unstopped(ivec2(floor(q) + vec2(float(i), float(j)) * reach + 0.5), size, high);
  }
  return mix(0.5, sum / 4.0 * mix(0.4 - 0.3 * indoors, 1.0, lampsAbove(at.xy)), there);
}
#endif

#ifdef CUTS
// A cut's face is drawn as architects do: black, within a fine bright line.
vec3 rim(ivec2 c, ivec2 size)
{
  float beside = 0.0;
  for (int i = 0; i < 4; i++)
  {
    ivec2 o = i < 2 ? ivec2(2 * i - 1, 0) : ivec2(0, 2 * i - 5);
    float form = floor(texelFetch(gbuffer, clamp(c + o, ivec2(0), size - 1), 0).r / 4194304.0);
    beside = max(beside, form == CUT_FACE ? 0.0 : 1.0);
  }
  return sectionRim * beside;
}
#endif

void main()
{
  ivec2 size = textureSize(gbuffer, 0);
  ivec2 c = ivec2(uv * vec2(size));
  vec4 g = texelFetch(gbuffer, c, 0);
  mat3 toWorld = transpose(toView);
  vec3 dir = normalize(toWorld * (parallel > 0.5 ? vec3(0.0, 0.0, -1.0) : viewPoint(uv, 1.0)));
  float day = daylight(hour + eyePhase, duty);
  vec3 colour;
  if (g.g <= 0.0)
  {
#ifdef INSIDE
    colour = hazeColour(dir, day);
#else
    vec3 starDir = parallel > 0.5 ? normalize(toWorld * vec3((uv * 2.0 - 1.0 - lens.zw) / lens.xy * (lens.y / tiled) * 0.3, -1.0)) : dir;
    colour = vec3(0.0022, 0.003, 0.0042) + stars(starDir, galaxy(starDir));
#endif
#ifdef INK
    colour = inkSky(uv);
#endif
#ifdef BEAM
    vec4 shot = beamIn(dir, 1e13);
    colour = mix(colour, BEAM_DUST * (0.25 + 0.75 * day) * 0.8 * gain, shot.a) + shot.rgb * gain;
#endif
    fragOutput0 = vec4(colour, 1.0);
    return;
  }
  float form; vec3 n = unpackNormal(g.r, form);
  vec3 view = viewPoint(uv, g.g);
  vec3 x = toWorld * view;
  float far = parallel > 0.5 ? -view.z : length(view);
  float pixel = pixelAngle * (parallel > 0.5 ? 1.0 : -view.z);
  float open = openness(uv, 1.0 / g.g);
  vec3 sight = parallel > 0.5 ? -toWorld[2] : x / far;
  Row part = rowAt(g.b);
  vec2 step_ = 2.0 / (vec2(size) * lens.xy) * (parallel > 0.5 ? 1.0 : -view.z);
  float facing = dot(n, sight); facing = facing < 0.0 ? min(facing, -0.02) : max(facing, 0.02);
  vec3 right = toWorld[0] * step_.x, above = toWorld[1] * step_.y;
  right -= sight * (dot(n, right) / facing); above -= sight * (dot(n, above) / facing);
  vec3 middle = part.middle + anchor; middle += transpose(toView) * pulledApart(toView * middle);
  vec3 own = part.own * (x - middle), outward = part.own * n * part.size;
  Face face = faceOf(own, outward, part.own * right, part.own * above, part.size, form, pixel);
  float seed = part.look.z;
  if (part.size.x > 0.0) seed += 256.0 * floor(log2(part.size.x + 1e-9) * 7.0) + 31.0 * floor(log2(part.size.z + 1e-9) * 5.0);
  float kind, joints, opening;
#ifdef FALL
  float lean = dot(n, fallLight);
  float there = daylight(hour + part.look.w / 256.0 * 24.0, duty);
  fallen = lean > 0.0 && there > 0.0 ? castOn(x, n, lean) : 0.0;
#ifdef INK
  fallen *= there;                  // a page is lit by night, too, but nothing falls then: it fades, and does not go out
#endif
#endif
#ifdef RAYS
  gatheredHere = gatheredAt(g.g);
  open = mix(1.0, open, 0.45);                              // rays see what stands about: only what is finer than they are is left
#endif
  colour = shaded(x, n, sight, face, part.look, seed, kind, joints, opening);
#ifdef INK
  vec4 page = vec4(luminance(colour) / gain, max(joints, opening * 0.6), hatch(face, x, n));
#endif
#ifdef CUTS
  if (form == CUT_FACE)
  {
    kind = SECTION;
    colour = section(x, n, pixel, part.look.xw) + rim(c, size) * gain;
#ifdef PLANET
    if (int(part.look.x + 0.5) == 15) colour = mantle(length(x - centre) / planetRadius) * gain + rim(c, size) * gain;
#endif
#ifdef INK
    page = vec4(1.0, 1.15 - luminance(colour) / gain * 2.6, 1.0, 1.0);
#endif
  }
#endif
#ifdef BEAM
  if (kind == LIT) colour += beamOn(x, n) * surface * gain;
#endif
#ifdef LAMPS
  if (kind == LIT) colour += lampsOn(x, n) * surface * mix(1.0, 0.35, day) * gain;
#endif
  if (int(part.look.x + 0.5) == WATER && kind == LIT) colour += mirrored(x, n, sight, face, day) * gain;
  if (kind != GLOWING) colour *= mix(0.06, 1.0, open * open);
  float haze = hazeShare(x, far, dir);
  float wisps = value3(x / hazeLength * 2.3 + 7.0) * 0.6 + value3(x / hazeLength * 6.1 + 3.0) * 0.4;
  haze = clamp(1.0 - pow(1.0 - haze, 0.70 + 0.60 * wisps), 0.0, 1.0);
#ifdef FALL
  float gust = day * lightShafts * mix(0.2, 1.0, fallRoofed);
  vec2 beam = gust > 0.004 ? airLit(uv, 1.0 / g.g) : vec2(0.0);       // no work by night
  gust *= beam.y;
  float shaft = 1.0 - exp(-5.0 * beam.x);
  float veil = gust * shaft * (1.0 - exp(-far / min(hazeLength, fallReach)));
#endif
#if defined(INK) && defined(FALL) && !defined(LINES)
  haze = clamp(haze + 0.85 * veil, 0.0, 1.0);                // a shaft is left white
#endif
#ifdef INK
  fragOutput0 = vec4(inked(c, g, n, upAt(x), kind, page, open, haze), 1.0);
  return;
#endif
  vec3 air = inside > 0.5 ? hazeColour(dir, day) : vec3(0.010, 0.014, 0.019) * gain;
#ifdef FALL
  air *= mix(1.0, 0.80 + 0.44 * shaft, min(gust, 1.0));      // no darker: shade in thin air is seen by what is lit beside it
#endif
  float through = kind == GLOWING ? pow(1.0 - haze, 0.7) : 1.0 - haze;
  colour = colour * through + air * haze * (inside > 0.5 ? mix(1.0, hazeGlow(haze), 0.35 + 0.65 * day) : 1.0);
#ifdef FALL
  colour += lightCeiling * (0.34 * veil * (1.0 - 0.85 * haze) * gain);
#endif
#ifdef CUTS
  if (inside < 0.5 && kind != SECTION)
  {
    vec4 between = mist(parallel > 0.5 ? x - dir * far : vec3(0.0), x, far);
    colour = mix(colour, between.rgb * gain, between.a * (kind == GLOWING ? 0.6 : 1.0));
  }
#endif
#ifdef CONTOURS
  colour = mix(colour, lineInk * lineInk * gain, contour(c, g, n, 1, 1.0) * lineWeight * (1.0 - haze));
#endif
#ifdef LAMPS
  colour += lampsIn(dir, far) * gain;
#endif
#ifdef BEAM
  vec4 shot = beamIn(dir, far);
  colour = mix(colour, BEAM_DUST * (0.25 + 0.75 * day) * 0.8 * gain, shot.a) + shot.rgb * gain;
#endif
  fragOutput0 = vec4(min(colour, vec3(40.0)), 1.0);
}
