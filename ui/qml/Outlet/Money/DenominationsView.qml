pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Pieces by denomination, read off a counting machine: the cursor stands on the largest note, Enter goes to the next.
FocusScope {
    id: root

    required property Theme theme
    required property Denominations viewModel
    readonly property int rowHeight: Math.round(theme.body * 2.1)
    readonly property int nameWidth: Math.round(theme.body * 4.6)

    function moveTo(place: int): void {
        const row = lines.itemAt(Math.max(0, Math.min(place, lines.count - 1))) as DenominationLine;
        if (row)
            row.takeKeyboard();
    }

    focus: true
    implicitHeight: column.implicitHeight
    Accessible.role: Accessible.Form
    Accessible.name: qsTrId("count.title")

    component DenominationLine: Item {
        id: line

        required property int index
        required property string name
        required property string entry
        required property string worth
        required property bool wrong

        function takeKeyboard(): void {
            pieces.takeKeyboard();
        }

        width: column.width
        height: root.rowHeight

        Label {
            anchors.verticalCenter: parent.verticalCenter
            width: root.nameWidth
            theme: root.theme
            text: line.name
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignRight
            Accessible.ignored: true
        }

        Field {
            id: pieces

            x: root.nameWidth + root.theme.gap * 3
            width: Math.round(line.width * 0.36)
            height: parent.height
            theme: root.theme
            labelled: true
            figures: true
            focus: line.index === 0
            maximumLength: 40
            name: qsTrId("count.pieces") + " " + line.name
            text: line.entry
            onEdited: text => root.viewModel.type(line.index, text)
            onSubmitted: root.viewModel.enter(line.index)
            Keys.onDownPressed: root.moveTo(line.index + 1)
            Keys.onUpPressed: root.moveTo(line.index - 1)
        }

        Label {
            anchors.right: parent.right
            anchors.left: pieces.right
            anchors.leftMargin: root.theme.gap * 3
            anchors.verticalCenter: parent.verticalCenter
            theme: root.theme
            text: line.wrong ? "?" : line.worth
            color: line.wrong ? root.theme.danger : root.theme.ink
            horizontalAlignment: Text.AlignRight
            elide: Text.ElideRight
        }
    }

    Column {
        id: column

        width: parent.width
        spacing: root.theme.gap

        Repeater {
            id: lines

            model: root.viewModel.rows
            delegate: DenominationLine {}
        }

        Rectangle {
            width: parent.width
            height: root.theme.hairline
            color: root.theme.line
        }

        Item {
            width: parent.width
            height: sum.implicitHeight

            Label {
                anchors.verticalCenter: parent.verticalCenter
                width: root.nameWidth
                theme: root.theme
                text: qsTrId("count.total")
                horizontalAlignment: Text.AlignRight
                Accessible.ignored: true
            }

            Label {
                id: sum

                anchors.right: parent.right
                theme: root.theme
                text: root.viewModel.total
                font.pixelSize: Math.round(root.theme.body * 1.5)
                font.weight: Font.Bold
                Accessible.name: qsTrId("count.total") + " " + text
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.viewModel.totalInWords
            horizontalAlignment: Text.AlignRight
            wrapMode: Text.Wrap
            visible: text !== ""
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.message
            color: root.theme.danger
            wrapMode: Text.Wrap
            visible: text !== ""
            Accessible.role: Accessible.AlertMessage
        }
    }

    Connections {
        function onTurned(place: int): void {
            root.moveTo(place);
        }

        target: root.viewModel
    }
}
