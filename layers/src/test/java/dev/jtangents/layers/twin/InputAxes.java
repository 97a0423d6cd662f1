package dev.jtangents.layers.twin;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/** Which axes of an input are examples and channels: what the first layer that says so says. */
record InputAxes(int batch, int channel) {
    private static final Set<String> SAYING =
            Set.of(
                    "Dense",
                    "AvgPool",
                    "SumPool",
                    "GlobalAvgPool",
                    "GlobalSumPool",
                    "LayerNorm",
                    "ImageResize",
                    "Index",
                    "DotGeneral",
                    "Aggregate",
                    "GlobalSelfAttention");

    static InputAxes of(Model model, int rank) {
        InputAxes said = said(model, rank);
        return said == null ? new InputAxes(0, rank - 1) : said;
    }

    /** The models that the arrays of several inputs go to. */
    static List<Model> readers(Model model, int inputs) {
        if (inputs == 1) {
            return List.of(model);
        }
        return model.name().equals("parallel")
                ? model.parts()
                : readers(model.parts().getFirst(), inputs);
    }

    private static @Nullable InputAxes said(Model model, int rank) {
        for (Model part : model.parts()) {
            InputAxes said = said(part, rank);
            if (said != null) {
                return said;
            }
        }
        if (SAYING.contains(model.name())) {
            Arguments arguments = model.arguments();
            return new InputAxes(
                    Math.floorMod(arguments.integer("batch_axis", 0), rank),
                    Math.floorMod(arguments.integer("channel_axis", -1), rank));
        }
        if (model.name().startsWith("Conv")) {
            DimensionNumbers axes = DimensionNumbers.of(model.arguments(), rank - 2);
            return new InputAxes(axes.input().indexOf('N'), axes.input().indexOf('C'));
        }
        if (model.name().equals("Flatten")) {
            // Any other axis will do: the product is over all of them.
            int batch = Math.floorMod(model.arguments().integer("batch_axis", 0), rank);
            return new InputAxes(batch, batch == rank - 1 ? 0 : rank - 1);
        }
        return null;
    }
}
