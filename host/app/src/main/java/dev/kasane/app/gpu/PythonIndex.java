package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Python indexes, asked one after the other as pip would ask them.
 *
 * @param http the way to them
 * @param roots their addresses, each with a stroke at its end
 */
record PythonIndex(Http http, List<URI> roots) {
  private static final int MOST_BYTES = 32 << 20;
  private static final Map<String, String> ACCEPT = Map.of("Accept", "application/vnd.pypi.simple.v1+json,"
      + " application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1");
  private static final String ELSEWHERE = "Name another index with «gpu install, index URL», or a folder that the"
      + " wheels lie in with «gpu install, from DIR»; nothing was installed, and what has come so far is kept.";

  /**
   * @param addresses as pip takes them
   * @throws UserException when one is none of the web
   */
  static PythonIndex of(Http http, List<String> addresses) {
    return new PythonIndex(http, addresses.stream().map(PythonIndex::root).toList());
  }

  private static URI root(String address) {
    try {
      URI root = new URI(address.endsWith("/") ? address : address + "/");
      if (Http.isWeb(root)) {
        return root;
      }
    } catch (URISyntaxException e) {
      throw new UserException("The Python index is no address: " + e.getReason() + ". " + ELSEWHERE, e);
    }
    throw new UserException("The Python index '" + visible(address) + "' is none of the web (http or https). "
        + ELSEWHERE);
  }

  /** An address without what must not be shown. */
  private static String visible(String address) {
    return address.replaceFirst("//[^/@]*@", "//");
  }

  /**
   * Looks a wheel up.
   *
   * @return where its file is
   * @throws UserException when no index has it, or one cannot be asked
   */
  URI find(Wheel wheel) {
    for (URI root : roots) {
      Optional<URI> found = find(root, wheel);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new UserException("The Python index " + this + " has no " + wheel.file() + ". " + ELSEWHERE);
  }

  private Optional<URI> find(URI root, Wheel wheel) {
    URI page = root.resolve(wheel.project() + "/");
    try {
      HttpURLConnection answer = http.get(page, ACCEPT);
      int status = answer.getResponseCode();
      if (status == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      } else if (status != HttpURLConnection.HTTP_OK) {
        throw new IOException("it answers " + status + " " + answer.getResponseMessage());
      }
      return Optional.ofNullable(files(page, answer).get(wheel.file())).map(file -> sameServer(root, file));
    } catch (IOException e) {
      throw new UserException("The Python index " + visible(root.toString()) + " cannot be asked for "
          + wheel.project() + ": " + Download.reason(e) + ". Check the network, the proxy and what pip is configured"
          + " for. " + ELSEWHERE, e);
    }
  }

  private static Map<String, URI> files(URI page, HttpURLConnection answer) throws IOException {
    try (InputStream in = answer.getInputStream()) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IOException("its answer is longer than " + (MOST_BYTES >> 20) + " MiB");
      }
      return IndexPage.read(page, Optional.ofNullable(answer.getContentType()).orElse("text/html"), content);
    }
  }

  /** A file on the index's own server is asked for with the index's name and password. */
  private static URI sameServer(URI root, URI file) {
    boolean same = root.getHost().equals(file.getHost()) && root.getPort() == file.getPort()
        && root.getScheme().equals(file.getScheme());
    return same && root.getRawUserInfo() != null && file.getRawUserInfo() == null
        ? URI.create(file.toString().replace("://" + file.getRawAuthority(), "://" + root.getRawAuthority())) : file;
  }

  @Override
  public String toString() {
    return roots.stream().map(root -> visible(root.toString())).collect(Collectors.joining(", "));
  }
}
