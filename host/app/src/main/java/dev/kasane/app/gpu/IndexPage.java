package dev.kasane.app.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an index says of a project: its files, as JSON (PEP 691) or as HTML (PEP 503). A link that is none of the web's
 * is left out.
 */
final class IndexPage {
  private static final String JSON = "application/vnd.pypi.simple.";
  // None of the two looks at a letter twice, whatever the page.
  private static final Pattern ANCHOR =
      Pattern.compile("<a\\s([^<>]*+)>([^<]*+)</a", Pattern.CASE_INSENSITIVE);
  private static final Pattern ADDRESS = Pattern.compile(
      "(?<![\\w-])href\\s*+=\\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\\s\"']++))", Pattern.CASE_INSENSITIVE);

  private final URI base;
  private final Map<String, URI> files = new HashMap<>();

  private IndexPage(URI base) {
    this.base = base;
  }

  /**
   * Reads a page.
   *
   * @param base where it comes from
   * @param type its content type
   * @return addresses by file name
   * @throws IOException when it claims to be JSON and is not
   */
  static Map<String, URI> read(URI base, String type, byte[] content) throws IOException {
    IndexPage page = new IndexPage(base);
    if (type.startsWith(JSON) && type.contains("json")) {
      page.readJson(content);
    } else {
      page.readHtml(new String(content, StandardCharsets.UTF_8));
    }
    return page.files;
  }

  private void readJson(byte[] content) throws IOException {
    try {
      for (JsonNode file : Json.MAPPER.readTree(content).path("files")) {
        add(file.path("filename").asText(), file.path("url").asText());
      }
    } catch (JsonProcessingException e) {
      throw new IOException("its answer is no JSON", e);
    }
  }

  private void readHtml(String content) {
    Matcher anchors = ANCHOR.matcher(content);
    while (anchors.find()) {
      Matcher address = ADDRESS.matcher(anchors.group(1));
      if (address.find()) {
        String found = address.group(1) != null ? address.group(1)
            : address.group(2) != null ? address.group(2) : address.group(3);
        add(anchors.group(2).strip(), found.replace("&amp;", "&"));
      }
    }
  }

  private void add(String name, String address) {
    try {
      URI file = base.resolve(address.strip());
      if (Http.isWeb(file)) {
        files.putIfAbsent(name, file);
      }
    } catch (IllegalArgumentException e) {
      // A stranger's link that is no address leads nowhere.
    }
  }
}
