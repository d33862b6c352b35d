package dev.kasane.quant.cpu;

import dev.kasane.quant.format.FourBitType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The decoders of this virtual machine, and the fastest of them by a trial of a quarter of a second each at the
 * first large tensor. A decoder whose bits differ from the plain one's is refused, however fast.
 */
public final class Decoders {
  private static final int TRIAL_VALUES = 1 << 13;
  private static final int TRIAL_BLOCK = 64;
  /** Enough for the compiler to have done its work. */
  private static final long TRIAL_NANOS = 250_000_000;
  private static final long PATIENCE_NANOS = 2_000_000_000;
  private static final double CLEARLY = 1.2;
  private static final long SHORT_NANOS = 1_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Decoders() {}

  /** The choice and its reasons, made when first asked for. */
  private static final class Holder {
    private static final Choice CHOICE = choose();
  }

  /**
   * What was chosen.
   *
   * @param decoder the name of the fastest
   * @param valuesPerSecond of each that was tried, on one thread, to float32
   * @param refusals why others were not tried or not taken
   */
  public record Report(String decoder, Map<String, Double> valuesPerSecond, List<String> refusals) {}

  private record Choice(BlockDecoder decoder, Report report) {}

  /** What was chosen and why. */
  public static Report report() {
    return Holder.CHOICE.report();
  }

  /** The decoders that this virtual machine can run. */
  public static Set<String> names() {
    return all().keySet();
  }

  static BlockDecoder named(String name) {
    BlockDecoder decoder = all().get(name);
    if (decoder == null) {
      throw new IllegalArgumentException("No decoder " + name + " among " + names() + "; " + report().refusals());
    }
    return decoder;
  }

  /** The fastest decoder. */
  static BlockDecoder fastest() {
    return Holder.CHOICE.decoder();
  }

  /** The decoder that needs no trial. */
  static BlockDecoder plain() {
    return new TableDecoder();
  }

  /** All decoders by name, for tests and benchmarks. */
  static Map<String, BlockDecoder> all() {
    Map<String, BlockDecoder> all = new LinkedHashMap<>();
    for (BlockDecoder each : List.of(new TableDecoder(), new PairDecoder())) {
      all.put(each.name(), each);
    }
    vectors(new ArrayList<>()).forEach(each -> all.put(each.name(), each));
    return all;
  }

  /** The decoders on the Vector API, the widest first, where the virtual machine was started with that module. */
  private static List<BlockDecoder> vectors(List<String> refusals) {
    return VectorApi.load("Decoder", BlockDecoder.class, refusals);
  }

  private static Choice choose() {
    List<String> refusals = new ArrayList<>();
    List<BlockDecoder> candidates = new ArrayList<>(List.of(new TableDecoder(), new PairDecoder()));
    vectors(refusals).stream().findFirst().ifPresent(candidates::add);
    Map<String, Double> speeds = new LinkedHashMap<>();
    BlockDecoder best = candidates.get(0);
    Trial trial = new Trial();
    for (BlockDecoder each : candidates) {
      boolean slowToStart = each.name().startsWith("vector");
      double speed = trial.speed(each, slowToStart ? speeds.get(best.name()) : 0);
      if (!trial.isRight()) {
        refusals.add(each.name() + ": it does not give the plain decoder's bits on this machine");
        continue;
      }
      speeds.put(each.name(), speed);
      best = speed > speeds.getOrDefault(best.name(), 0.0) ? each : best;
    }
    return new Choice(best, new Report(best.name(), speeds, List.copyOf(refusals)));
  }

  private static final class Trial {
    private final ByteBuffer packed = direct(TRIAL_VALUES / 2);
    private final ByteBuffer out = direct(TRIAL_VALUES * Float.BYTES);
    private final ByteBuffer expected = direct(TRIAL_VALUES * Float.BYTES);
    private final float[] scales = new float[TRIAL_VALUES / TRIAL_BLOCK];
    private final float[] table = FourBitType.NF4.table();

    Trial() {
      byte[] bytes = new byte[TRIAL_VALUES / 2];
      new Random(1).nextBytes(bytes);
      packed.put(bytes).clear();
      for (int i = 0; i < scales.length; i++) {
        scales[i] = 0.01f + i;
      }
      run(plain(), expected);
    }

    private static ByteBuffer direct(int bytes) {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private void run(BlockDecoder decoder, ByteBuffer target) {
      decoder.toFloats(packed, 0, table, scales, scales.length, TRIAL_BLOCK, target, 0);
    }

    /** Processor time, not the clock's: what else the machine does must not decide. */
    double speed(BlockDecoder decoder, double toBeat) {
      long start = THREADS.getCurrentThreadCpuTime();
      // The Vector API crawls until it is compiled, which a busy machine delays: it gets its time, and no more.
      long end = start + (toBeat > 0 ? PATIENCE_NANOS : TRIAL_NANOS);
      double best = 0;
      int times = 1;
      for (long now = start; now < end && (toBeat == 0 || best * 1e9 <= CLEARLY * toBeat); ) {
        for (int i = 0; i < times; i++) {
          run(decoder, out);
        }
        long after = THREADS.getCurrentThreadCpuTime();
        best = Math.max(best, (double) TRIAL_VALUES * times / Math.max(1, after - now));
        // Once the loop is compiled a run is too short to be timed alone.
        times = after - now < SHORT_NANOS ? 2 * times : times;
        now = after;
      }
      return best * 1e9;
    }

    boolean isRight() {
      boolean right = out.equals(expected);
      byte[] zeros = new byte[out.capacity()];
      out.clear().put(zeros).clear();
      return right;
    }
  }
}
