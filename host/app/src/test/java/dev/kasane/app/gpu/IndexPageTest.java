package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class IndexPageTest {
  private static final URI BASE = URI.create("https://index.example/simple/torch/");
  private static final String JSON = "application/vnd.pypi.simple.v1+json";

  private static Map<String, URI> read(String type, String content) throws IOException {
    return IndexPage.read(BASE, type, content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsHtml() throws IOException {
    assertThat(read("text/html; charset=utf-8", """
        <!DOCTYPE html><html><body><h1>Links</h1>
        <a href="../../packages/a-1.whl?x=1&amp;y=2#sha256=00" data-requires-python="&gt;=3.9">a-1.whl</a><br/>
        <A data-href="no" HREF='https://files.example/b-1.whl'>
          b-1.whl </A>
        <a href=c-1.whl>c-1.whl</a> <abbr href="x">d</abbr> <a name="y">e</a>""")).isEqualTo(Map.of(
        "a-1.whl", URI.create("https://index.example/packages/a-1.whl?x=1&y=2#sha256=00"),
        "b-1.whl", URI.create("https://files.example/b-1.whl"),
        "c-1.whl", URI.create("https://index.example/simple/torch/c-1.whl")));
  }

  @Test
  void readsJson() throws IOException {
    assertThat(read(JSON, "{\"meta\": {\"api-version\": \"1.1\"}, \"files\": ["
        + "{\"filename\": \"a-1.whl\", \"url\": \"/f/a-1.whl\", \"hashes\": {}}, {\"url\": 7}]}"))
        .containsEntry("a-1.whl", URI.create("https://index.example/f/a-1.whl"));
    assertThatThrownBy(() -> read(JSON, "{")).isInstanceOf(IOException.class).hasMessage("its answer is no JSON");
  }

  @Test
  void followsNoLinkThatLeavesTheWeb() throws IOException {
    assertThat(read("text/html", "<a href=\"file:///etc/passwd\">a</a><a href=\"mailto:x@y\">b</a>"
        + "<a href=\"http://\">c</a><a href=\"a b\">d</a>")).isEmpty();
  }

  @Provide
  Arbitrary<String> pages() {
    return Arbitraries.of("<a ", "<a href=", "\"", "'", ">", "<", "</a>", "href = 'x'", "a-1.whl", "&amp;", "%", "#",
        "://", "file:///etc", "{\"files\":[", "]}", " ", "\n").list().ofMaxSize(60)
        .map(parts -> String.join("", parts));
  }

  @Property
  void whateverAPageSaysItsFilesAreOfTheWeb(@ForAll("pages") String page) throws IOException {
    assertThat(read("text/html", page).values()).allSatisfy(file -> assertThat(file.getScheme()).isEqualTo("https"));
  }

  /** A page that would take hours were a letter looked at twice. */
  @Test
  void aHostilePageIsReadAtOnce() throws IOException {
    assertThat(read("text/html", "<a href='".repeat(1 << 20))).isEmpty();
    assertThat(read("text/html", "<a " + "href ".repeat(1 << 20))).isEmpty();
    assertThat(read("text/html", "<a href" + " ".repeat(1 << 20))).isEmpty();
  }
}
