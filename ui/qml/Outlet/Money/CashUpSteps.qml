pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Whose till, since when, and how far: done steps are ticked, the present one is bold.
Rectangle {
    id: root

    required property Theme theme
    required property CashUp viewModel

    readonly property real beside: other.visible ? other.width : 0
    readonly property bool stacked: headline.implicitWidth + beside + measure.implicitWidth + theme.gap * 18 > width
    readonly property real headRoom: Math.max(headline.implicitHeight, beside > 0 ? other.height : 0)

    implicitHeight: stacked ? headRoom + steps.implicitHeight + theme.gap * 6 : Math.max(headRoom, steps.implicitHeight) + theme.gap * 6
    radius: theme.radius
    color: theme.deep
    border.width: theme.contrast ? theme.hairline : 0
    border.color: theme.line

    Label {
        id: headline

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 5
        width: Math.min(implicitWidth, root.width - root.beside - root.theme.gap * 14)
        y: root.stacked ? root.theme.gap * 2 + (root.headRoom - height) / 2 : (root.height - height) / 2
        theme: root.theme
        text: root.viewModel.headline
        color: root.theme.deepInk
        font.weight: Font.DemiBold
        elide: Text.ElideRight
        Accessible.role: Accessible.Heading
    }

    ActionButton {
        id: other

        x: root.stacked ? root.width - width - root.theme.gap * 5 : headline.x + headline.width + root.theme.gap * 4
        y: headline.y + (headline.height - height) / 2
        theme: root.theme
        text: qsTrId("cash_up.other_till").replace("{till}", root.viewModel.otherTill)
        key: "Ctrl+K"
        visible: root.viewModel.otherTill !== ""
        onPressed: root.viewModel.nextTill()
    }

    Flow {
        id: steps

        x: root.stacked ? root.theme.gap * 5 : root.width - width - root.theme.gap * 5
        y: root.stacked ? root.theme.gap * 3 + root.headRoom : (root.height - height) / 2
        width: root.stacked ? root.width - root.theme.gap * 10 : Math.min(measure.implicitWidth, root.width)
        spacing: root.theme.gap * 5

        Repeater {
            model: root.viewModel.steps

            Row {
                id: step

                required property int index
                required property string title
                required property string note
                required property string stage

                readonly property bool now: stage === "now"

                spacing: root.theme.gap * 1.5
                Accessible.role: Accessible.StaticText
                Accessible.name: (index + 1) + " " + title + " " + note

                Label {
                    theme: root.theme
                    text: ["①", "②", "③", "④", "⑤"][step.index] + " " + step.title
                    color: step.now ? root.theme.deepInk : root.theme.deepMuted
                    font.pixelSize: root.theme.small + 1
                    font.weight: step.now ? Font.Bold : Font.Normal
                    Accessible.ignored: true
                }

                Label {
                    theme: root.theme
                    text: step.note
                    color: step.now ? root.theme.lampWait : root.theme.lampOk
                    font.pixelSize: root.theme.small
                    visible: text !== ""
                    anchors.verticalCenter: parent.verticalCenter
                    Accessible.ignored: true
                }
            }
        }
    }

    // What all steps take in one line; nobody sees it.
    Row {
        id: measure

        visible: false
        spacing: root.theme.gap * 5

        Repeater {
            model: root.viewModel.steps

            Label {
                required property string title
                required property string note

                theme: root.theme
                text: "① " + title + " " + note + " "
                font.pixelSize: root.theme.small + 1
                font.weight: Font.Bold
            }
        }
    }
}
