package dev.kasane.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoorTest {
  private static final String EVIL = "k\u001b]0;t\u0007\nkasane: done\u202e\u009b\r";
  private static final String LINE = "k\\u001b]0;t\\u0007\\nkasane: done\\u202e\\u009b\\u000d";
  private static final String LINES = LINE.replace("\\n", "\n");
  private static final String OUTPUT = "kasane.terminal.output";

  private final PrintStream before = System.err;
  private final PrintStream beforeOut = System.out;

  @AfterEach
  void restore() {
    System.setErr(before);
    System.setOut(beforeOut);
    System.clearProperty(OUTPUT);
  }

  @Test
  void whatIsPrintedAsALineStaysOne() {
    StringWriter text = new StringWriter();
    PrintWriter door = MessageWriter.before(new PrintWriter(text));
    door.println(EVIL);
    door.println((Object) EVIL);
    door.println(EVIL.toCharArray());
    assertThat(text.toString().lines()).containsExactly(LINE, LINE, LINE);
  }

  @Test
  void nothingElseSlipsPast() {
    StringWriter text = new StringWriter();
    PrintWriter door = MessageWriter.before(new PrintWriter(text));
    door.print(EVIL);
    door.printf("%s", EVIL);
    door.append(EVIL).append(EVIL.charAt(1));
    door.write(EVIL.toCharArray());
    EVIL.chars().forEach(door::write);
    door.flush();
    assertThat(text).hasToString(LINES + LINES + LINES + "\\u001b" + LINES + LINES);
  }

  @Test
  void ownColoursTakeAnotherWay() {
    StringWriter text = new StringWriter();
    PrintWriter door = MessageWriter.before(new PrintWriter(text));
    MessageWriter.own(door).print("\u001b[1mUsage\u001b[0m");
    assertThat(text).hasToString("\u001b[1mUsage\u001b[0m");
    assertThat(MessageWriter.before(door)).isSameAs(door);
  }

  @Test
  void aModelsWordsAreContentForFilesAndMadeVisibleForTerminals() {
    String words = "two\nlines\t👩\u200d🎨\u001b[2J";
    assertThat(content(words)).isEqualTo("two\nlines\t👩\u200d🎨\\u001b[2J");
    System.setProperty(OUTPUT, "true");
    assertThat(content(words)).isEqualTo("two\nlines\t👩\u200d🎨\\u001b[2J");
    System.setProperty(OUTPUT, "false");
    assertThat(content(words)).isEqualTo(words);
  }

  private static String content(String words) {
    StringWriter text = new StringWriter();
    PrintWriter content = MessageWriter.content(MessageWriter.before(new PrintWriter(text)));
    content.print(words);
    content.flush();
    return text.toString();
  }

  @Test
  void javasOwnStreamsAreGuardedForAllWhoPrintThere() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, Charset.defaultCharset()));
    MessageStream.install();

    System.err.println(EVIL);
    System.err.print("é" + EVIL);
    byte[] raw = ("猫" + EVIL).getBytes(Charset.defaultCharset());
    for (byte each : raw) {
      System.err.write(each);
    }
    System.err.writeBytes(raw);
    new IllegalStateException(EVIL).printStackTrace();
    MessageStream.own(System.err).print("\u001b[K");

    String text = bytes.toString(Charset.defaultCharset());
    assertThat(text).startsWith(LINE + System.lineSeparator() + "é" + LINES + "猫" + LINES + "猫" + LINES
        + "java.lang.IllegalStateException: " + LINE).contains("\tat ").endsWith("\u001b[K");
  }
}
