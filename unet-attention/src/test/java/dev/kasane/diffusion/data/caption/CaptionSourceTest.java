package dev.kasane.diffusion.data.caption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionSourceTest {
  @TempDir private Path folder;

  @Test
  void textFilesComeBeforeCaptionFiles() throws IOException {
    write("a.caption", "second choice");
    assertThat(new SidecarCaptions().find(folder.resolve("a.jpg"))).contains("second choice");
    write("a.txt", "first choice");
    assertThat(new SidecarCaptions().find(folder.resolve("a.jpg"))).contains("first choice");
    assertThat(new SidecarCaptions().find(folder.resolve("b.jpg"))).isEmpty();
  }

  @Test
  void theExtensionIsAnOption() throws IOException {
    write("a.tags", "one, two");
    write("a.txt", "not this");
    assertThat(new SidecarCaptions(List.of(".tags")).find(folder.resolve("a.jpg"))).contains("one, two");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new SidecarCaptions(List.of("x/y"))).withMessageContaining("x/y");
  }

  @Test
  void aMarkAndLineBreaksAreNoPartOfTheCaption() throws IOException {
    write("a.txt", "\ufeff a house\r\n by  the sea, 家 🏠 \n");
    assertThat(new SidecarCaptions().find(folder.resolve("a.png"))).contains("a house by the sea, 家 🏠");
    write("b.txt", "\n");
    assertThat(new SidecarCaptions().find(folder.resolve("b.png"))).contains("");
  }

  @Test
  void aWrongEncodingIsNamedWithItsPosition() throws IOException {
    Files.write(folder.resolve("latin.txt"), "naïve".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("latin", "byte 0xef at position 2");
    Files.write(folder.resolve("wide.txt"), "\ufeffhouse".getBytes(StandardCharsets.UTF_16LE));
    assertRefused("wide", "position 0 are the mark of UTF-16");
    Files.write(folder.resolve("bare.txt"), "house".getBytes(StandardCharsets.UTF_16LE));
    assertRefused("bare", "zero byte stands at position 1");
    Files.write(folder.resolve("cut.txt"), new byte[] {'a', (byte) 0xe5, (byte) 0xae});
    assertRefused("cut", "position 1");
  }

  private void assertRefused(String stem, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new SidecarCaptions().find(folder.resolve(stem + ".png")))
        .withMessageContaining(stem + ".txt").withMessageContaining(message).withMessageContaining("UTF-8");
  }

  @Test
  void metadataNamesPicturesRelativeToItself() throws IOException {
    Path sub = Files.createDirectory(folder.resolve("sub"));
    write("sub/metadata.jsonl", """
        {"file_name": "a.png", "text": "a  house", "score": 3}

        {"caption": "a tree", "file_name": "./deep/b.png"}
        """);
    MetadataCaptions captions = new MetadataCaptions(sub);
    assertThat(captions.find(sub.resolve("a.png"))).contains("a house");
    assertThat(captions.find(sub.resolve("deep/b.png"))).contains("a tree");
    assertThat(captions.find(folder.resolve("a.png"))).isEmpty();
  }

  @Test
  void aBrokenMetadataLineIsNamed() throws IOException {
    assertBroken("{\"file_name\": \"a.png\", \"text\": \"x\"}\n{\"file_name\"", "line 2", "no valid JSON");
    assertBroken("[1]", "line 1", "JSON object");
    assertBroken("{\"file_name\": \"a.png\"}", "line 1", "'caption' is missing");
    assertBroken("{\"file_name\": 3, \"text\": \"x\"}", "line 1", "no text but number");
    assertBroken("{\"file_name\": \"a.png\", \"text\": \"x\"}\n{\"file_name\": \"./a.png\", \"text\": \"y\"}",
        "line 2", "line 1");
  }

  private void assertBroken(String text, String line, String reason) throws IOException {
    write("metadata.jsonl", text);
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> new MetadataCaptions(folder))
        .withMessageContaining("metadata.jsonl").withMessageContaining(line).withMessageContaining(reason);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
