package dev.kasane.diffusion.data.caption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class StrictTextProperties {
  @Property(tries = 200)
  void captionBytesAreReadBackExactlyOrRefusedByPosition(@ForAll byte[] bytes) throws IOException {
    Path file = Files.createTempFile("caption", ".txt");
    try {
      Files.write(file, bytes);
      try {
        String text = StrictText.read(file, 1 << 20);
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes).endsWith(again);
        assertThat(bytes.length - again.length).isIn(0, 3);
      } catch (UserException e) {
        assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("position ");
      }
    } finally {
      Files.delete(file);
    }
  }
}
