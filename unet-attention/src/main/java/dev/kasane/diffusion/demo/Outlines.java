package dev.kasane.diffusion.demo;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;

/** Short names for the outlines that drawings are made of. */
final class Outlines {
  private Outlines() {}

  static Shape circle(double x, double y, double radius) {
    return ellipse(x, y, radius, radius);
  }

  static Shape ellipse(double x, double y, double radiusX, double radiusY) {
    return new Ellipse2D.Double(x - radiusX, y - radiusY, 2 * radiusX, 2 * radiusY);
  }

  /** A rectangle from its left, top, right and bottom edge. */
  static Shape box(double left, double top, double right, double bottom) {
    return new Rectangle2D.Double(left, top, right - left, bottom - top);
  }

  static Shape roundBox(double left, double top, double right, double bottom, double radius) {
    return new RoundRectangle2D.Double(left, top, right - left, bottom - top, 2 * radius, 2 * radius);
  }

  /** A closed polygon from x, y, x, y, ... */
  static Shape polygon(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    path.closePath();
    return path;
  }

  /** A closed outline of cubic curves: a start point, then three points (six numbers) for each curve. */
  static Shape curves(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 6) {
      path.curveTo(points[i], points[i + 1], points[i + 2], points[i + 3], points[i + 4], points[i + 5]);
    }
    path.closePath();
    return path;
  }

  /** A star with one spike straight up. */
  static Shape star(double x, double y, int spikes, double outer, double inner) {
    double[] points = new double[4 * spikes];
    for (int i = 0; i < 2 * spikes; i++) {
      double radius = i % 2 == 0 ? outer : inner;
      double angle = Math.PI * i / spikes;
      points[2 * i] = x + radius * StrictMath.sin(angle);
      points[2 * i + 1] = y - radius * StrictMath.cos(angle);
    }
    return polygon(points);
  }

  /** A band across the picture whose upper edge is {@code waves} scallops. */
  static Shape waves(double top, double bottom, int waves, double height, double shift) {
    Path2D path = new Path2D.Double();
    double width = 1.0 / waves;
    double x = -shift * width - width;
    path.moveTo(x, bottom);
    path.lineTo(x, top);
    while (x < 1) {
      path.quadTo(x + width / 2, top + height * 2, x + width, top);
      x += width;
    }
    path.lineTo(x, bottom);
    path.closePath();
    return path;
  }

  static Shape union(Shape... shapes) {
    Area area = new Area();
    for (Shape shape : shapes) {
      area.add(new Area(shape));
    }
    return area;
  }

  static Shape without(Shape shape, Shape hole) {
    Area area = new Area(shape);
    area.subtract(new Area(hole));
    return area;
  }

  static Shape within(Shape shape, Shape bounds) {
    Area area = new Area(shape);
    area.intersect(new Area(bounds));
    return area;
  }
}
