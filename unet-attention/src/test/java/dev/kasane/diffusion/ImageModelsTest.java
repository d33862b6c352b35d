package dev.kasane.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageModelsTest {
  private static final Path TINY = Goldens.FOLDER.resolve("sd1-tiny");

  @TempDir
  private Path folder;

  @Test
  void declaresSizesWithoutWeights() {
    try (BaseCheckpoint base = BaseCheckpoint.open(TINY)) {
      ImageModel model = ImageModels.declare(base, ElementType.BFLOAT16);

      assertThat(model.nativeSize()).isEqualTo(8 * model.sizeStep());
      assertThat(model.type()).isEqualTo(ElementType.BFLOAT16.dataType());
      assertThat(model.components()).containsOnlyKeys("unet", "text_encoder");
    }
  }

  @Test
  void singleFileAndFolderGiveTheSameWeights() {
    try (NDManager owner = Engines.newManager()) {
      ImageModel whole = ImageModels.open(TINY, BaseOptions.none(), ElementType.FLOAT32, owner);
      ImageModel single = ImageModels.open(Goldens.FOLDER.resolve("sd1-tiny-original.safetensors"),
          BaseOptions.none().withTokenizerFolder(TINY.resolve("tokenizer")).withConfigFolder(TINY),
          ElementType.FLOAT32, owner);

      assertThat(single.unet().namedWeights().keySet()).isEqualTo(whole.unet().namedWeights().keySet());
      whole.unet().namedWeights().forEach((name, weight) -> assertThat(
          single.unet().namedWeights().get(name).get().materialise(owner).toFloatArray())
          .as(name).isEqualTo(weight.get().materialise(owner).toFloatArray()));
    }
  }

  @Test
  void refusesATokeniserThatTheTextEncoderDoesNotKnow() throws IOException {
    ObjectNode vocabulary =
        (ObjectNode) new ObjectMapper().readTree(TINY.resolve("tokenizer/vocab.json").toFile());
    Files.writeString(folder.resolve("vocab.json"), vocabulary.put("surplus", vocabulary.size()).toString());
    Files.copy(TINY.resolve("tokenizer/merges.txt"), folder.resolve("merges.txt"));
    try (BaseCheckpoint base = BaseCheckpoint.open(TINY, BaseOptions.none().withTokenizerFolder(folder))) {
      assertThatThrownBy(() -> ImageModels.declare(base, ElementType.FLOAT32)).isInstanceOf(UserException.class)
          .hasMessageContaining(folder.toString()).hasMessageContaining("535").hasMessageContaining("534");
    }
  }
}
