package dev.kasane.app.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.EmbeddingReference;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureTextTest {
  private static final PictureRequest REQUEST = new PictureRequest(
      "a cat", "blurry", 7, 25, 7.5, 512, 768, SchedulerKind.EULER, 1, Optional.empty());

  @Test
  void followsTheCommunitysLayout() {
    PictureText text = new PictureText(Path.of("models/v1-5.safetensors"), ElementType.FLOAT32, List.of(), List.of(),
        List.of());

    assertThat(text.of(REQUEST).lines()).hasSize(3).satisfies(lines -> {
      assertThat(lines.get(0)).isEqualTo("a cat");
      assertThat(lines.get(1)).isEqualTo("Negative prompt: blurry");
      assertThat(lines.get(2)).startsWith("Steps: 25, Sampler: euler, CFG scale: 7.5, Seed: 7, Size: 512x768")
          .contains(", Clip skip: 2", ", Model: v1-5, ", ", Version: Kasane ").doesNotContain("Adapters");
    });
  }

  @Test
  void namesAdaptersAndPrecision() {
    PictureText text = new PictureText(Path.of("a,b"), ElementType.BFLOAT16, List.of(
        AdapterReference.parse("x/ink.safetensors:0.8"), AdapterReference.parse("wood.safetensors")),
        List.of("2:mid_block=0.5"), List.of(EmbeddingReference.parse("words/sketch.pt:pencil"),
            EmbeddingReference.parse("plain.safetensors")));

    assertThat(text.of(REQUEST)).contains(", Adapters: \"ink:0.8, wood:1\"",
        ", Block weights: \"2:mid_block=0.5\"",
        ", Embeddings: \"sketch.pt:pencil, plain.safetensors\"", ", Precision: bfloat16", ", Model: \"a,b\"");
  }
}
