package dev.kasane.diffusion.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.batch.BatchPlan.Batch;
import dev.kasane.diffusion.data.batch.BatchPlan.BatchItem;
import dev.kasane.diffusion.data.batch.BatchPlan.PlannedPicture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class BatchPlanProperties {

  @Property(tries = 200)
  void anEpochShowsEachPictureExactlyAsOftenAsItsRepeats(
      @ForAll("pictures") List<PlannedPicture> pictures,
      @ForAll @IntRange(min = 1, max = 9) int batchSize,
      @ForAll @IntRange(min = 0, max = 1000) int epoch,
      @ForAll long seed) {
    List<Batch> batches = new BatchPlan(pictures, batchSize, seed, 0.5).epoch(epoch);
    Map<Integer, List<Integer>> shown = batches.stream().flatMap(b -> b.items().stream()).collect(
        Collectors.groupingBy(BatchItem::picture,
            Collectors.mapping(BatchItem::repeat, Collectors.toList())));
    assertThat(shown).hasSameSizeAs(pictures);
    for (PlannedPicture planned : pictures) {
      assertThat(shown.get(planned.picture())).containsExactlyInAnyOrderElementsOf(
          IntStream.range(0, planned.repeats()).boxed().toList());
    }
  }

  @Property(tries = 200)
  void aBatchHasOneBucketAndOnlyTheLastOfABucketIsSmaller(
      @ForAll("pictures") List<PlannedPicture> pictures,
      @ForAll @IntRange(min = 1, max = 9) int batchSize,
      @ForAll long seed) {
    BatchPlan plan = new BatchPlan(pictures, batchSize, seed, 0);
    Map<Integer, Bucket> buckets =
        pictures.stream().collect(Collectors.toMap(PlannedPicture::picture, PlannedPicture::bucket));
    Map<Bucket, Integer> smaller = new HashMap<>();
    for (Batch batch : plan.epoch(0)) {
      assertThat(batch.items()).hasSizeBetween(1, batchSize)
          .allMatch(item -> buckets.get(item.picture()).equals(batch.bucket()) && !item.flip());
      if (batch.items().size() < batchSize) {
        smaller.merge(batch.bucket(), 1, Integer::sum);
      }
    }
    assertThat(smaller.values()).allMatch(count -> count == 1);
  }

  @Property(tries = 100)
  void aStepLookedUpAloneIsTheStepOfTheWholeRun(
      @ForAll("pictures") List<PlannedPicture> pictures, @ForAll long seed, @ForAll long order) {
    BatchPlan run = new BatchPlan(pictures, 3, seed, 0.5);
    int steps = 3 * run.batchesPerEpoch();
    List<Batch> whole = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      whole.add(run.batch(step));
      assertThat(whole.get(step).epoch()).isEqualTo(step / run.batchesPerEpoch());
      assertThat(whole.get(step).indexInEpoch()).isEqualTo(step % run.batchesPerEpoch());
    }
    BatchPlan resumed = new BatchPlan(pictures, 3, seed, 0.5);
    Random random = new Random(order);
    for (int i = 0; i < 10; i++) {
      int step = random.nextInt(steps);
      assertThat(resumed.batch(step)).isEqualTo(whole.get(step));
    }
  }

  @Example
  void epochsAndSeedsGiveDifferentOrdersAndAboutHalfTheFlips() {
    List<PlannedPicture> pictures = IntStream.range(0, 200)
        .mapToObj(i -> new PlannedPicture(i, new Bucket(64, i % 2 == 0 ? 64 : 128), 5)).toList();
    BatchPlan plan = new BatchPlan(pictures, 4, 1, 0.5);
    Set<List<Batch>> orders = new HashSet<>();
    for (int epoch = 0; epoch < 5; epoch++) {
      orders.add(plan.epoch(epoch).stream().map(b -> new Batch(0, 0, b.bucket(), b.items())).toList());
    }
    orders.add(new BatchPlan(pictures, 4, 2, 0.5).epoch(0));
    assertThat(orders).hasSize(6);
    long flips = plan.epoch(0).stream().flatMap(b -> b.items().stream()).filter(BatchItem::flip).count();
    assertThat(flips).isBetween(430L, 570L);
    List<Bucket> sequence = plan.epoch(0).stream().map(Batch::bucket).toList();
    assertThat(sequence.subList(0, 100)).contains(new Bucket(64, 64), new Bucket(64, 128));
  }

  /** Holds the order itself: a run of an earlier version must resume with the same pictures. */
  @Example
  void theOrderOfASeedIsFixedForGood() {
    List<PlannedPicture> pictures =
        IntStream.range(0, 6).mapToObj(i -> new PlannedPicture(i, new Bucket(64, 64), 1)).toList();
    List<Integer> order = new BatchPlan(pictures, 2, 42, 0.5).epoch(3).stream()
        .flatMap(b -> b.items().stream()).map(BatchItem::picture).toList();
    assertThat(order).containsExactly(3, 4, 5, 2, 1, 0);
  }

  @Example
  void whatCannotBePlannedIsRefused() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new BatchPlan(List.of(), 1, 1, 0)).withMessageContaining("no pictures");
    List<PlannedPicture> one = List.of(new PlannedPicture(0, new Bucket(64, 64), 1));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new BatchPlan(one, 0, 1, 0)).withMessageContaining("batch size 0");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new BatchPlan(one, 1, 1, 2)).withMessageContaining("flip share 2.0");
  }

  @Provide
  Arbitrary<List<PlannedPicture>> pictures() {
    Arbitrary<Bucket> buckets = Arbitraries.of(new Bucket(64, 64), new Bucket(64, 128), new Bucket(128, 64));
    Arbitrary<List<PlannedPicture>> plans = Combinators
        .combine(buckets, Arbitraries.integers().between(1, 6))
        .as((bucket, repeats) -> new PlannedPicture(0, bucket, repeats))
        .list().ofMinSize(1).ofMaxSize(30);
    return plans.map(list -> IntStream.range(0, list.size()).mapToObj(i ->
        new PlannedPicture(i * 3, list.get(i).bucket(), list.get(i).repeats())).toList());
  }
}
