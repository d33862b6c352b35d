package dev.kasane.core.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A process of its own that writes until a signal ends it; it says "ready" when the signal may come. */
final class Writing {
  private Writing() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "within" -> within(folder);
      case "restless" -> restless(folder);
      case "last-work" -> lastWork(folder);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void ready() {
    System.out.println("ready");
  }

  /** Stops in the middle of a file, and of a file in a folder. */
  private static void within(Path folder) throws IOException {
    PendingFile file = PendingFile.beside(folder.resolve("old.txt"));
    OutputStream out = file.stream();
    out.write(new byte[1000]);
    PendingFolder model = PendingFolder.beside(folder.resolve("made/model"));
    Files.writeString(Files.createDirectory(model.path().resolve("part")).resolve("config.json"), "{}");
    PendingFile weights = PendingFile.beside(model.path().resolve("part/weights"));
    ready();
    ProcessEnd.ofThisProcess().await();
    weights.close();
  }

  /** Never stops: files are created, written and moved by two threads, and folders filled. */
  private static void restless(Path folder) {
    AtomicInteger underWay = new AtomicInteger();
    IntStream.range(0, 2).forEach(thread -> new Thread(() -> {
      for (int i = 0; ; i++) {
        try (PendingFolder model = PendingFolder.beside(folder.resolve("model-" + thread))) {
          Path part = Files.createDirectory(model.path().resolve("part"));
          for (int file = 0; file < 5; file++) {
            Files.write(part.resolve("file-" + file), new byte[999]);
          }
          PendingFile.replace(folder.resolve("file-" + thread), "x".repeat(1000));
          model.replaceTarget(name -> true);
        } catch (IOException e) {
          if (!ProcessEnd.ofThisProcess().isClosed()) {
            e.printStackTrace();
          }
          ProcessEnd.ofThisProcess().await();
        }
        if (i == 3 && underWay.incrementAndGet() == 2) {
          ready();
        }
      }
    }).start());
  }

  /** Finishes one file that belongs to its last work, and tries another behind it. */
  private static void lastWork(Path folder) throws IOException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    ProcessEnd.ofThisProcess().addLastWork(() -> {
      asked.countDown();
      awaits(done);
    });
    PendingFile late = PendingFile.beside(folder.resolve("late.txt"));
    ready();
    awaits(asked);
    PendingFile.replace(folder.resolve("checkpoint.txt"), "last");
    done.countDown();
    while (!ProcessEnd.ofThisProcess().isClosed()) {
      Thread.onSpinWait();
    }
    late.replaceTarget();
  }

  private static void awaits(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
