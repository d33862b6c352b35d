package dev.kasane.plugin.cloneofsimo;

import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.testkit.AdapterReadingContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

class TextualInversionContractTest extends AdapterReadingContract {
  @Override
  protected AdapterFormat format() {
    return new TextualInversionFormat();
  }

  @Override
  protected Path example(Path where) throws IOException {
    Path file = where.resolve("words.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats("<one>", DType.F32, new long[] {3}, new float[] {1, 2, 3}),
        TensorDeclaration.ofFloats("<two>", DType.F32, new long[] {2, 3}, new float[6])), Map.of());
    return file;
  }

  @Override
  protected Map<String, Collection<String>> layers() {
    return Map.of("text_encoder", List.of());
  }
}
