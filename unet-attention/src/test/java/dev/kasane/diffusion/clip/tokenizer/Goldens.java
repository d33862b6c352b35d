package dev.kasane.diffusion.clip.tokenizer;


import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What transformers made of the same texts; see src/test/reference/clip_tokenizer.py. */
final class Goldens {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Goldens() {
  }

  static JsonNode read(String name) throws IOException {
    try (InputStream in = Goldens.class.getResourceAsStream("/clip-tokenizer/" + name)) {
      return JSON.readTree(in);
    }
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asInt();
    }
    return ids;
  }

  static Path folder(String name) {
    try {
      return Path.of(Goldens.class.getResource("/clip-tokenizer/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static ClipTokenizer tiny() {
    return ClipTokenizer.open(folder("tiny"));
  }

  /** A model of the shared folder; the test is skipped where there is none. */
  static Path sharedModel(String name) {
    return SharedData.path("models/" + name + "/tokenizer");
  }

  static void copy(Path from, Path to, String... names) throws IOException {
    for (String name : names) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }
}
