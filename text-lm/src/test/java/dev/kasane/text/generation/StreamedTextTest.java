package dev.kasane.text.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;

class StreamedTextTest {
  private final ByteTokenizer tokenizer = new ByteTokenizer();

  @Property(tries = 100)
  void piecesAreWholeCharactersAndTogetherTheText(@ForAll @StringLength(max = 30) String prompt,
      @ForAll @StringLength(max = 30) String text) {
    Assume.that(isWellFormed(prompt) && isWellFormed(text));
    TokenText stream = new TokenText(tokenizer, tokenizer.encode(prompt, false));
    List<String> pieces = new ArrayList<>();
    for (int id : tokenizer.encode(text, false)) {
      pieces.add(stream.accept(id));
    }
    assertThat(pieces).noneMatch(piece -> piece.endsWith("\uFFFD"));
    assertThat(String.join("", pieces) + stream.rest()).isEqualTo(text);
  }

  private static boolean isWellFormed(String text) {
    return new String(text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        java.nio.charset.StandardCharsets.UTF_8).equals(text) && !text.contains("\uFFFD");
  }

  @Test
  void aCharacterComesWithItsLastByte() {
    TokenText stream = new TokenText(tokenizer, new int[0]);
    List<String> pieces = new ArrayList<>();
    for (int id : tokenizer.encode("a重ね😀", false)) {
      pieces.add(stream.accept(id));
    }
    assertThat(pieces).containsExactly("a", "", "", "重", "", "", "ね", "", "", "", "😀");
  }

  @Test
  void anUnfinishedCharacterIsShownInTheEnd() {
    TokenText stream = new TokenText(tokenizer, new int[0]);
    assertThat(stream.accept('x')).isEqualTo("x");
    assertThat(stream.accept(0xe9)).isEmpty();
    assertThat(stream.rest()).isEqualTo("\uFFFD");
  }

  @Test
  void aStopTextAcrossPiecesIsNeverGivenOut() {
    StopTexts stops = new StopTexts(List.of("</end>", "\n\n"));
    assertThat(stops.accept("one </")).isEqualTo("one ");
    assertThat(stops.accept("em> ")).isEqualTo("</em> ");
    assertThat(stops.accept("two </e")).isEqualTo("two ");
    assertThat(stops.accept("nd> three")).isEmpty();
    assertThat(stops.isFound()).isTrue();
    assertThat(stops.rest()).isEmpty();
  }

  @Property(tries = 200)
  void cuttingIsThatOfTheWholeText(@ForAll @NotEmpty List<@CharRange(from = 'a', to = 'c') Character> letters,
      @ForAll @StringLength(min = 1, max = 3) @CharRange(from = 'a', to = 'c') String stop) {
    String text = letters.stream().map(String::valueOf).collect(Collectors.joining());
    StopTexts stops = new StopTexts(List.of(stop));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && !stops.isFound(); i++) {
      out.append(stops.accept(text.substring(i, i + 1)));
    }
    out.append(stops.rest());
    int at = text.indexOf(stop);
    assertThat(out.toString()).isEqualTo(at < 0 ? text : text.substring(0, at));
    assertThat(stops.isFound()).isEqualTo(at >= 0);
  }
}
