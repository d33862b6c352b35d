package dev.kasane.app.gpu;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A web server of this test's own, which remembers what it was asked. */
final class IndexServer implements AutoCloseable {
  private final HttpServer server;
  private final List<String> asked = new ArrayList<>();

  /** What answers. */
  interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  IndexServer(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Range"));
      try (exchange) {
        answer.give(exchange);
      }
    });
    server.start();
  }

  /** An index in HTML of the files in a folder, which it serves as well, with ranges. */
  static IndexServer of(Path folder) throws IOException {
    return new IndexServer(exchange -> {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/simple/torch/")) {
        send(exchange, 200, ("<a href=\"../../files/" + FakeWheels.TORCH + "#sha256=x\">" + FakeWheels.TORCH + "</a>")
            .getBytes());
      } else if (path.equals("/simple/nvidia-cuda/")) {
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.pypi.simple.v1+json");
        send(exchange, 200, ("{\"files\": [{\"filename\": \"" + FakeWheels.CUDA + "\", \"url\": \"/files/"
            + FakeWheels.CUDA + "\"}]}").getBytes());
      } else if (path.startsWith("/files/")) {
        file(exchange, Files.readAllBytes(folder.resolve(path.substring(7))));
      } else {
        send(exchange, 404, new byte[0]);
      }
    });
  }

  /** Sends a file, or the part that was asked for. */
  static void file(HttpExchange exchange, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      send(exchange, 200, content);
      return;
    }
    int from = Integer.parseInt(range.replaceAll("\\D", ""));
    exchange.getResponseHeaders().set("Content-Range",
        "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    send(exchange, 206, Arrays.copyOfRange(content, from, content.length));
  }

  static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
  }

  String address() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** Paths, each with the range that was asked for or null. */
  List<String> asked() {
    return asked;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
