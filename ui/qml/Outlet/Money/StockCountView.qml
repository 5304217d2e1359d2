pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Stock to count, item by item: pieces, or the first and last numbers; how much there should be is not here.
// Enter goes on; after the last one the count is finished.
Column {
    id: root

    required property Theme theme
    required property StockCounting viewModel

    readonly property int count: rows.count

    signal finished

    function takeKeyboard(): void {
        go(0);
    }

    function go(place: int): void {
        place < count ? (rows.itemAt(place) as StockCountField).takeKeyboard() : finished();
    }

    spacing: theme.gap * 2
    visible: count > 0

    Label {
        width: parent.width
        theme: root.theme
        text: qsTrId("stock_count.title")
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
        Accessible.role: Accessible.Heading
    }

    Repeater {
        id: rows

        model: root.viewModel.rows

        StockCountField {
            required property int index

            theme: root.theme
            width: root.width
            onTyped: text => root.viewModel.type(index, text)
            onSubmitted: root.go(index + 1)
        }
    }
}
