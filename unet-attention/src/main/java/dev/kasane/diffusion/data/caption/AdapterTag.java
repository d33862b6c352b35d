package dev.kasane.diffusion.data.caption;

import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag by which AUTOMATIC1111's prompts call an adapter: {@code <lora:name:0.8>}, {@code <lyco:…>},
 * {@code <hypernet:…>}. To a text encoder it is nothing but words, which change the picture.
 *
 * @param text the tag as it stands in the prompt
 * @param kind {@code lora}, {@code lyco} or {@code hypernet}
 * @param name what it calls
 * @param weight its strength as written, 1 where none is
 */
public record AdapterTag(String text, String kind, String name, String weight) {
  private static final String NUMBER = "[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)";
  private static final Pattern TAG = Pattern.compile(
      "<\\s*(lora|lyco|hypernet)\\s*:([^:<>]{1,255})(?::\\s*(" + NUMBER + ")\\s*)?(?::[^<>]{0,255})?>",
      Pattern.CASE_INSENSITIVE);
  private static final String HYPERNETWORK = "hypernet";

  /** The first tag of a text. */
  public static Optional<AdapterTag> in(String text) {
    Matcher tag = TAG.matcher(text);
    return tag.find() ? Optional.of(new AdapterTag(tag.group(), tag.group(1).toLowerCase(Locale.ROOT),
        tag.group(2).strip(), tag.group(3) == null ? "1" : tag.group(3))) : Optional.empty();
  }

  /**
   * Makes sure that a prompt calls no adapter by a tag.
   *
   * @return the prompt
   * @throws UserException that names the tag and what does the same here
   */
  public static String requireNone(String prompt) {
    in(prompt).ifPresent(tag -> {
      throw new UserException("the prompt has the tag " + VisibleText.quote(tag.text()) + ", by which AUTOMATIC1111"
          + " calls an adapter; drawn as words it would only change the picture. Leave it out" + tag.instead());
    });
    return prompt;
  }

  private String instead() {
    return kind.equals(HYPERNETWORK) ? "; Kasane has no hypernetworks."
        : " and name the file with its weight: «adapter» \"" + VisibleText.shortened(name) + ".safetensors:" + weight
            + "\".";
  }
}
