package dev.kasane.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTextTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 0xb, 0xc, '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9d, 0xad, 0x61c, 0x200b, 0x200c, 0x200d,
      0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069,
      0xfeff})
  void writesOutWhatSteersOrHides(int letter) {
    String text = "a" + Character.toString(letter) + "b";
    String written = String.format("a\\u%04xb", letter);
    assertThat(VisibleText.of(text)).isEqualTo(written);
    assertThat(VisibleText.lines(text)).isEqualTo(written);
  }

  @Test
  void writesOutLettersBeyondTheFirstPlaneAsJsonDoes() {
    assertThat(VisibleText.of("\udb40\udc41")).isEqualTo("\\udb40\\udc41");
  }

  @Test
  void leavesEverythingElseAsItIs() {
    String text = "to_q.weight\t重ね 🎨 é ‖ΔW‖ \\ ' \" العربية";
    assertThat(VisibleText.of(text)).isSameAs(text);
  }

  @Test
  void aNameIsOneLineAndATextSeveral() {
    assertThat(VisibleText.of("x\nkasane: done\r\n")).isEqualTo("x\\nkasane: done\\u000d\\n");
    assertThat(VisibleText.lines("one\ntwo\r\nover\rit")).isEqualTo("one\ntwo\r\nover\\u000dit");
  }

  @Test
  void proseKeepsItsJoiners() {
    assertThat(VisibleText.prose("می\u200cخواهم 👩\u200d🎨\n\u001b[2J")).isEqualTo("می\u200cخواهم 👩\u200d🎨\n\\u001b[2J");
  }

  @Test
  void quotesAndShortens() {
    assertThat(VisibleText.quote("up\u0007")).isEqualTo("'up\\u0007'");
    assertThat(VisibleText.quote("x".repeat(5000))).isEqualTo("'" + "x".repeat(120) + "…'");
  }

  @Property(tries = 300)
  void jsonStaysJsonAndMeansTheSame(@ForAll String text) throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    String written = VisibleText.lines(json.writerWithDefaultPrettyPrinter().writeValueAsString(new String[] {text}));
    assertThat(json.readTree(written).get(0).textValue()).isEqualTo(text);
    assertThat(VisibleText.of(VisibleText.of(text))).isEqualTo(VisibleText.of(text));
  }
}
