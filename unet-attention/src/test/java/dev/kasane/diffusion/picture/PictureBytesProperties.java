package dev.kasane.diffusion.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PictureBytesProperties {
  private static final byte[][] STARTS = {
    {}, {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'},
    {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0}, {'B', 'M'}, {'I', 'I', 42, 0}, {'8', 'B', 'P', 'S'},
    {'G', 'I', 'F', '8', '9', 'a'}, {'P', '6', ' '}, {0, 0, 2}};

  @Property(tries = 400)
  void randomBytesAreRefusedByName(@ForAll("files") byte[] bytes) throws IOException {
    Path file = Files.createTempFile("random", ".png");
    try {
      Files.write(file, bytes);
      try {
        Picture lucky = new PictureReader(1, PictureReader.WHITE).read(file);
        assertThat(lucky.rgb()).hasSize(3 * lucky.width() * lucky.height());
      } catch (UserException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<byte[]> files() {
    Arbitrary<byte[]> rest = Arbitraries.bytes().array(byte[].class).ofMinSize(0).ofMaxSize(300);
    return Combinators.combine(Arbitraries.of(STARTS), rest).as((start, tail) -> {
      byte[] all = Arrays.copyOf(start, start.length + tail.length);
      System.arraycopy(tail, 0, all, start.length, tail.length);
      return all;
    });
  }

  @Property(tries = 50)
  void aPngTextChunkOfAnyBytesIsReadOrRefused(@ForAll byte[] data) {
    for (String type : new String[] {"tEXt", "zTXt", "iTXt"}) {
      try {
        PngText.read(new PngChunks.Chunk(type, data), new HashMap<>());
      } catch (IOException e) {
        assertThat(e).message().isNotBlank();
      }
    }
  }
}
