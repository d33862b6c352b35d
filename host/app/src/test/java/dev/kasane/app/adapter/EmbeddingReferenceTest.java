package dev.kasane.app.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingReferenceTest {
  @Test
  void readsAFileAndAWord() {
    EmbeddingReference plain = EmbeddingReference.parse("words/ink.pt");
    assertThat(plain.file()).isEqualTo(Path.of("words/ink.pt"));
    assertThat(plain.word()).isEmpty();
    EmbeddingReference named = EmbeddingReference.parse("ink.pt: <my ink> ");
    assertThat(named.file()).isEqualTo(Path.of("ink.pt"));
    assertThat(named.word()).contains("<my ink>");
    assertThat(named).hasToString("ink.pt:<my ink>");
    assertThat(EmbeddingReference.parse(named.toString())).isEqualTo(named);
    assertThat(EmbeddingReference.parse("C:ink.pt").word()).isEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aColonInTheNameOfAFileThatIsThereBelongsToIt(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("a:b.pt"));
    assertThat(EmbeddingReference.parse(file.toString())).isEqualTo(
        new EmbeddingReference(file, Optional.empty()));
    assertThat(EmbeddingReference.parse(file + ":word").file()).isEqualTo(file);
  }

  @Test
  void anEmptyWordAndAnImpossibleNameAreRefused() {
    assertThatThrownBy(() -> EmbeddingReference.parse("ink.pt:")).isInstanceOf(UserException.class)
        .hasMessageContaining("FILE or FILE:word");
    assertThatThrownBy(() -> EmbeddingReference.parse("a\0b:word")).isInstanceOf(UserException.class)
        .hasMessageContaining("cannot be a file's name");
  }
}
