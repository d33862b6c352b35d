package dev.kasane.app.image;

import dev.kasane.app.Version;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.EmbeddingReference;
import dev.kasane.app.adapter.LoadedAdapter;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.pipeline.PictureRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a picture says about itself: AUTOMATIC1111's {@code parameters}, which most tools of the community
 * read. Settings follow the prompts in one line of {@code Name: value}; a value with a comma is quoted.
 *
 * @param base the base model's file or folder
 * @param precision what it was computed in
 * @param adapters the adapters with their weights
 * @param blockWeights factors of these for some blocks, as typed
 * @param embeddings the files of learned words
 */
public record PictureText(
    Path base, ElementType precision, List<AdapterReference> adapters, List<String> blockWeights,
    List<EmbeddingReference> embeddings) {
  /** The keyword in the PNG. */
  public static final String KEYWORD = "parameters";

  /** The text of one picture. */
  public String of(PictureRequest request) {
    String used = adapters.stream().map(each -> each.name() + ":" + LoadedAdapter.number(each.weight()))
        .collect(Collectors.joining(", "));
    String words = embeddings.stream().map(each -> each.file().getFileName()
        + each.word().map(word -> ":" + word).orElse("")).collect(Collectors.joining(", "));
    return request.describe() + ", Model: " + quoted(modelName())
        + (adapters.isEmpty() ? "" : ", Adapters: " + quoted(used))
        + (blockWeights.isEmpty() ? "" : ", Block weights: " + quoted(String.join(", ", blockWeights)))
        + (embeddings.isEmpty() ? "" : ", Embeddings: " + quoted(words))
        + (precision == ElementType.FLOAT32 ? "" : ", Precision: " + precision)
        + ", Version: Kasane " + Version.current().kasane();
  }

  private String modelName() {
    String name = base.toAbsolutePath().normalize().getFileName().toString();
    return name.replaceFirst("\\.(?:safetensors|ckpt|pt)$", "");
  }

  private static String quoted(String value) {
    boolean plain = value.chars().noneMatch(letter -> letter == ',' || letter == ':' || letter == '"'
        || letter == '\n');
    return plain ? value
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
