package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Displacement planes against all pairs of positions. */
class PlanesTest {
    static List<Extents> extents() {
        return List.of(
                Extents.NONE,
                Programs.extents(1),
                Programs.extents(5),
                Programs.extents(1, 4),
                Programs.extents(3, 4),
                Programs.extents(2, 1, 3),
                Programs.extents(3, 2, 4));
    }

    private static int[] displacement(Extents extents, int p, int q) {
        int[] displacement = extents.coordinates(q);
        int[] from = extents.coordinates(p);
        for (int axis = 0; axis < displacement.length; axis++) {
            displacement[axis] -= from[axis];
        }
        return displacement;
    }

    @ParameterizedTest
    @MethodSource("extents")
    void planesAreNumberedInTheOrderOfTheirDisplacements(Extents extents) {
        var planes = new Planes(extents);
        int[] displacement = new int[extents.rank()];
        for (int axis = 0; axis < displacement.length; axis++) {
            displacement[axis] = 1 - extents.size(axis);
        }
        for (int plane = 0; plane < planes.count(); plane++) {
            assertArrayEquals(displacement, planes.displacement(plane));
            assertEquals(plane, planes.plane(displacement));
            int axis = displacement.length - 1;
            while (axis >= 0 && ++displacement[axis] == extents.size(axis)) {
                displacement[axis] = 1 - extents.size(axis);
                axis--;
            }
        }
        assertArrayEquals(new int[extents.rank()], planes.displacement(planes.zero()));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void everyPairOfPositionsHasACellOfItsOwn(Extents extents) {
        var planes = new Planes(extents);
        int positions = extents.positions();
        boolean[][] seen = new boolean[positions][positions];
        int cells = 0;
        for (int plane = 0; plane < planes.count(); plane++) {
            Planes.Box box = planes.box(plane);
            int cell = 0;
            for (int row : box.rows()) {
                for (int p = row; p < row + box.rowLength(); p++) {
                    int q = p + box.shift();
                    assertEquals(plane, planes.plane(p, q));
                    assertArrayEquals(planes.displacement(plane), displacement(extents, p, q));
                    assertEquals(cell, box.cell(extents, p));
                    assertEquals(false, seen[p][q]);
                    seen[p][q] = true;
                    cell++;
                }
            }
            assertEquals(box.cells(), cell);
            cells += cell;
        }
        assertEquals(positions * positions, cells);
    }

    @ParameterizedTest
    @MethodSource("extents")
    void boxesAreWhatIsBetweenTheirBounds(Extents extents) {
        var planes = new Planes(extents);
        for (int plane = 0; plane < planes.count(); plane++) {
            Planes.Box box = planes.box(plane);
            int inside = 0;
            for (int p = 0; p < extents.positions(); p++) {
                int[] coordinates = extents.coordinates(p);
                boolean all = true;
                for (int axis = 0; axis < coordinates.length; axis++) {
                    int at = coordinates[axis] - box.low()[axis];
                    all &= at >= 0 && at < box.size()[axis];
                }
                inside += all ? 1 : 0;
            }
            assertEquals(box.cells(), inside);
        }
    }

    @ParameterizedTest
    @MethodSource("extents")
    void displacementsThatNoPairHasAreNoPlane(Extents extents) {
        var planes = new Planes(extents);
        for (int axis = 0; axis < extents.rank(); axis++) {
            int[] displacement = new int[extents.rank()];
            displacement[axis] = extents.size(axis);
            assertEquals(-1, planes.plane(displacement));
            displacement[axis] = -extents.size(axis);
            assertEquals(-1, planes.plane(displacement));
        }
    }
}
