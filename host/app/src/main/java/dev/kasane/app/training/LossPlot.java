package dev.kasane.app.training;

import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PicturePng;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the losses of a run. */
final class LossPlot {
  private LossPlot() {}

  /**
   * Writes the plot.
   *
   * @param points what was measured
   * @param file the PNG
   */
  static void write(List<LossLog.Point> points, Path file) {
    XYChart chart = new XYChartBuilder().width(900).height(500).title("Loss").xAxisTitle("step").build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setYAxisDecimalPattern("0.####");
    List<LossLog.Point> training = points.stream().filter(point -> !Double.isNaN(point.loss())).toList();
    if (!training.isEmpty()) {
      addTraining(chart, training);
    }
    List<LossLog.Point> validation = points.stream().filter(point -> !Double.isNaN(point.validationLoss())).toList();
    if (!validation.isEmpty()) {
      add(chart, "validation", steps(validation), validation.stream().map(LossLog.Point::validationLoss).toList(),
          new Color(0x2E8B57));
    }
    PicturePng.write(file, Picture.of(BitmapEncoder.getBufferedImage(chart)), Map.of());
  }

  private static void addTraining(XYChart chart, List<LossLog.Point> points) {
    List<Double> losses = points.stream().map(LossLog.Point::loss).toList();
    add(chart, "each step", steps(points), losses, new Color(0xC8D4E8));
    add(chart, "running mean", steps(points), smooth(losses), new Color(0x1F4E9C));
  }

  private static List<Long> steps(List<LossLog.Point> points) {
    return points.stream().map(LossLog.Point::step).toList();
  }

  private static void add(XYChart chart, String name, List<Long> x, List<Double> y, Color colour) {
    chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE).setLineColor(colour);
  }

  /**
   * The exponential mean, divided by the weight that has been given out so far: the first losses, which are large,
   * do not weigh more than others.
   */
  static List<Double> smooth(List<Double> losses) {
    double keep = 1 - 1.0 / Math.min(50, Math.max(2, losses.size() / 10.0));
    List<Double> smoothed = new ArrayList<>();
    double sum = 0;
    double weight = 0;
    for (double loss : losses) {
      sum = keep * sum + (1 - keep) * loss;
      weight = keep * weight + (1 - keep);
      smoothed.add(sum / weight);
    }
    return smoothed;
  }
}
