package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Asks web servers: by a proxy, with certificates of one's own, with the name and password of an address. */
final class Http {
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration READ = Duration.ofSeconds(60);
  private static final Set<Integer> MOVED = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_MOVES = 5;

  private final PipSettings settings;
  private final Optional<SSLSocketFactory> sockets;

  /**
   * @throws UserException when the certificates that the settings name cannot be read
   */
  Http(PipSettings settings) {
    this.settings = settings;
    this.sockets = settings.certificates().map(Http::trusting);
  }

  /**
   * Asks for an address and follows where it has moved to.
   *
   * @param headers sent with the question
   * @return the answer, whose status is known
   * @throws IOException when the server cannot be reached, or answers no HTTP
   */
  HttpURLConnection get(URI address, Map<String, String> headers) throws IOException {
    URI place = address;
    for (int moves = 0; moves <= MOST_MOVES; moves++) {
      HttpURLConnection answer = ask(place, headers, place.getRawAuthority().equals(address.getRawAuthority()));
      String moved = answer.getHeaderField("Location");
      if (!MOVED.contains(answer.getResponseCode()) || moved == null) {
        return answer;
      }
      answer.disconnect();
      place = next(place, moved);
    }
    throw new IOException("it moves on more than " + MOST_MOVES + " times");
  }

  private static URI next(URI place, String moved) throws IOException {
    try {
      URI next = place.resolve(moved);
      if (isWeb(next) && (next.getScheme().equals(place.getScheme()) || next.getScheme().equals("https"))) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("it moves to what is no address", e);
    }
    throw new IOException("it moves to an address that is less safe");
  }

  /** Whether an address is one of the web, with a server. */
  static boolean isWeb(URI address) {
    return Set.of("http", "https").contains(String.valueOf(address.getScheme())) && address.getHost() != null;
  }

  private HttpURLConnection ask(URI place, Map<String, String> headers, boolean trusted) throws IOException {
    Optional<URI> proxy = settings.proxy(place);
    HttpURLConnection connection = (HttpURLConnection) (proxy.isEmpty() ? place.toURL().openConnection()
        : place.toURL().openConnection(new Proxy(Proxy.Type.HTTP,
            new InetSocketAddress(proxy.get().getHost(), port(proxy.get())))));
    if (connection instanceof HttpsURLConnection secure) {
      sockets.ifPresent(secure::setSSLSocketFactory);
    }
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) CONNECT.toMillis());
    connection.setReadTimeout((int) READ.toMillis());
    connection.setRequestProperty("User-Agent", "kasane");
    // A length and a range count what is stored, not what a server packs for the way.
    connection.setRequestProperty("Accept-Encoding", "identity");
    headers.forEach(connection::setRequestProperty);
    if (trusted && place.getRawUserInfo() != null) {
      String secret = URLDecoder.decode(place.getRawUserInfo().replace("+", "%2B"), StandardCharsets.UTF_8);
      connection.setRequestProperty("Authorization", "Basic "
          + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }
    connection.getResponseCode();
    return connection;
  }

  private static int port(URI proxy) {
    return proxy.getPort() >= 0 ? proxy.getPort() : proxy.getScheme().equals("https") ? 443 : 80;
  }

  private static SSLSocketFactory trusting(Path certificates) {
    try (InputStream in = InputFile.stream(certificates)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("c" + store.size(), each);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException e) {
      throw FileFault.of(certificates, "pip is configured to trust its certificates, which cannot be read", e);
    } catch (GeneralSecurityException e) {
      throw new UserException(certificates + ": pip is configured to trust its certificates, which are none: "
          + e.getMessage() + ".", e);
    }
  }
}
