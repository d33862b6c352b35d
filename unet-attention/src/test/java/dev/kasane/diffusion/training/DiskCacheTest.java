package dev.kasane.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.files.CacheKey;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCacheTest {
  private static final String KEY = new CacheKey("test").text("a").hex();

  @TempDir
  private Path folder;

  private TinyRun run;

  @BeforeEach
  void open() {
    run = new TinyRun("sd1-tiny", ElementType.FLOAT32, folder);
  }

  @AfterEach
  void close() {
    run.close();
  }

  private DiskCache cache() {
    return new DiskCache(folder.resolve("cache"), run.scope);
  }

  private static float[] get(DiskCache cache, String key, float value) {
    return cache.get(key, scope -> scope.create(new float[] {value, -value})).toFloatArray();
  }

  private List<Path> files() throws IOException {
    if (!Files.exists(folder.resolve("cache"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void computesOnceForThisRunAndTheNext() {
    DiskCache first = cache();
    assertThat(get(first, KEY, 3)).containsExactly(3, -3);
    assertThat(get(first, KEY, 4)).containsExactly(3, -3);
    assertThat(get(cache(), KEY, 5)).containsExactly(3, -3);
  }

  @Test
  void computesADamagedEntryAgain() throws IOException {
    get(cache(), KEY, 3);
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 2));
    assertThat(get(cache(), KEY, 3)).containsExactly(3, -3);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void everyFlippedBitIsComputedAgain() throws IOException {
    get(cache(), KEY, 3);
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      Files.write(file, flipped);
      assertThat(get(cache(), KEY, 4)).as("byte %d", at).containsExactly(4, -4);
    }
  }

  @Test
  void whatBearsTheNameOfAnotherIsComputedAgain() throws IOException {
    String other = new CacheKey("test").text("b").hex();
    get(cache(), KEY, 3);
    get(cache(), other, 5);
    Path mine = files().stream().filter(each -> each.toString().contains(KEY)).findFirst().orElseThrow();
    Path others = files().stream().filter(each -> each.toString().contains(other)).findFirst().orElseThrow();
    Files.copy(others, mine, StandardCopyOption.REPLACE_EXISTING);
    assertThat(get(cache(), KEY, 3)).containsExactly(3, -3);
  }

  @Test
  void saysWhatToDoWhenItCannotWrite() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file in the way");
    assertThatThrownBy(() -> get(cache(), KEY, 3)).isInstanceOf(UserException.class)
        .hasMessageContaining("cache").hasMessageContaining("«cache»");
  }

  @Test
  void captionsNeverMix() {
    TrainingPictures pictures =
        run.pictures(TinyRun.options(CaptionOptions.UNCHANGED, TinyRun.PLAIN_NOISE, false));
    List<String> captions = List.of("", "a cat", "a cat ", "a, cat", "A dog", "cat a");
    EncodedPictures first = run.encoded(pictures);
    List<float[]> computed = captions.stream().map(each -> first.caption(each, run.scope).toFloatArray()).toList();
    EncodedPictures second = run.encoded(pictures);
    for (int i = captions.size() - 1; i >= 0; i--) {
      assertThat(second.caption(captions.get(i), run.scope).toFloatArray()).isEqualTo(computed.get(i));
    }
    assertThat(computed.get(4)).isNotEqualTo(computed.get(1));
    EncodedPictures otherBase =
        new EncodedPictures(run.model, "other", pictures, folder.resolve("cache"), run.scope);
    assertThat(otherBase.caption("a cat", run.scope).toFloatArray()).isEqualTo(computed.get(1));
  }

  @Test
  void shuffledCaptionsAreTheSameButNotKept() throws IOException {
    CaptionOptions shuffled = new CaptionOptions("", true, 0, 0, 0);
    TrainingPictures pictures = run.pictures(TinyRun.options(shuffled, TinyRun.PLAIN_NOISE, false));
    float[] live = run.encoded(pictures).caption("cat, dog", run.scope).toFloatArray();
    assertThat(files()).isEmpty();
    TrainingPictures fixed =
        run.pictures(TinyRun.options(CaptionOptions.UNCHANGED, TinyRun.PLAIN_NOISE, false));
    assertThat(run.encoded(fixed).caption("cat, dog", run.scope).toFloatArray()).isEqualTo(live);
    assertThat(files()).hasSize(1);
  }
}
