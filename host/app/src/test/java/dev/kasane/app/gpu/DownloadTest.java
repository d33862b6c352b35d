package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  private static final byte[] CONTENT = new byte[200_000];

  @TempDir
  private Path folder;

  private final AtomicLong told = new AtomicLong();
  private Wheel wheel;
  private Path part;

  @BeforeEach
  void make() throws IOException {
    new Random(1).nextBytes(CONTENT);
    Path file = Files.write(folder.resolve("a.whl"), CONTENT);
    wheel = FakeWheels.wheel("a", file, Map.of());
    part = folder.resolve("a.whl.part");
  }

  private void fetch(IndexServer server) {
    new Download(new Http(PipSettings.read(name -> null, folder)), URI.create(server.address() + "/a.whl"), wheel, part)
        .run(told::addAndGet);
  }

  private void assertWhole(int before) throws IOException {
    assertThat(Files.readAllBytes(part)).isEqualTo(CONTENT);
    assertThat(told).hasValue(CONTENT.length - before);
  }

  @Test
  void fetches() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> IndexServer.file(exchange, CONTENT))) {
      fetch(server);
      assertThat(server.asked()).containsExactly("/a.whl null");
    }
    assertWhole(0);
  }

  @Test
  void goesOnWhereAnEarlierRunBrokeOff() throws IOException {
    Files.write(part, Arrays.copyOf(CONTENT, 1234));
    try (IndexServer server = new IndexServer(exchange -> IndexServer.file(exchange, CONTENT))) {
      fetch(server);
      assertThat(server.asked()).containsExactly("/a.whl bytes=1234-");
    }
    assertWhole(1234);
  }

  @Test
  void asksForNothingWhenAllIsThere() throws IOException {
    Files.write(part, CONTENT);
    try (IndexServer server = new IndexServer(exchange -> IndexServer.send(exchange, 500, new byte[0]))) {
      fetch(server);
      assertThat(server.asked()).isEmpty();
    }
    assertWhole(CONTENT.length);
  }

  /** Promises all and closes the connection after some more bytes. */
  private static void breakOff(HttpExchange exchange, int more) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (range != null) {
      exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-199999/200000");
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, CONTENT.length - from);
    exchange.getResponseBody().write(CONTENT, from, Math.min(more, CONTENT.length - from));
    exchange.getResponseBody().flush();
  }

  @Test
  void goesOnAtOnceWhenAServerBreaksOff() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> breakOff(exchange, 70_000))) {
      fetch(server);
      assertThat(server.asked()).hasSize(3);
    }
    assertWhole(0);
  }

  @Test
  void keepsWhatCameWhenNothingMoreComes() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> breakOff(exchange,
        exchange.getRequestHeaders().containsKey("Range") ? 0 : 70_000))) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(UserException.class)
          .hasMessageContainingAll("a.whl cannot be fetched from localhost", "goes on from there");
    }
    assertThat(Files.readAllBytes(part)).isEqualTo(Arrays.copyOf(CONTENT, 70_000));
  }

  @Test
  void beginsAnewWithAServerThatKnowsNoRanges() throws IOException {
    Files.write(part, new byte[1000]);
    try (IndexServer server = new IndexServer(exchange -> IndexServer.send(exchange, 200, CONTENT))) {
      fetch(server);
    }
    assertWhole(1000);
  }

  @Test
  void endsWithAServerThatBeginsAnewForEver() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> {
      exchange.sendResponseHeaders(200, CONTENT.length);
      exchange.getResponseBody().write(CONTENT, 0, 1000);
      exchange.getResponseBody().flush();
    })) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(UserException.class);
      assertThat(server.asked()).hasSize(2);
    }
  }

  @Test
  void takesNoMoreThanIsLocked() throws IOException {
    try (IndexServer server = new IndexServer(exchange ->
        IndexServer.send(exchange, 200, Arrays.copyOf(CONTENT, 500_000)))) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(UserException.class)
          .hasMessageContaining("more than the 200000 bytes");
    }
    assertThat(part).isEmptyFile();
  }

  @Test
  void aPartThatIsTooLongCountsForNothing() throws IOException {
    Files.write(part, new byte[300_000]);
    try (IndexServer server = new IndexServer(exchange -> IndexServer.file(exchange, CONTENT))) {
      fetch(server);
    }
    assertWhole(0);
  }

  @Test
  void saysWhatTheServerAnswers() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> IndexServer.send(exchange, 503, new byte[0]))) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(UserException.class).hasMessageContaining("it answers 503");
    }
  }

  @Test
  void followsWhereTheFileHasMovedTo() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> {
      if (exchange.getRequestURI().getPath().equals("/a.whl")) {
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        IndexServer.send(exchange, 302, new byte[0]);
      } else {
        IndexServer.file(exchange, CONTENT);
      }
    })) {
      fetch(server);
      assertThat(server.asked()).containsExactly("/a.whl null", "/elsewhere null");
    }
    assertWhole(0);
  }

  @Test
  void doesNotRunInCircles() throws IOException {
    try (IndexServer server = new IndexServer(exchange -> {
      exchange.getResponseHeaders().set("Location", "/a.whl");
      IndexServer.send(exchange, 301, new byte[0]);
    })) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(UserException.class).hasMessageContaining("moves on");
    }
  }
}
